# Telethon signs in to a local cluster, resolves its channel and downloads from a foreign data centre.
import asyncio
import sys

from cluster import SKIPPED, cluster, sha256, skip

try:
    from telethon import TelegramClient, errors, functions, types
    from telethon.crypto import rsa
    from telethon.network.connection import (
        ConnectionTcpAbridged, ConnectionTcpFull, ConnectionTcpIntermediate,
        ConnectionTcpMTProxyRandomizedIntermediate, ConnectionTcpObfuscated)
    from telethon.sessions import StringSession
except ImportError as why:
    skip(f"Telethon is not installed ({why})")

CONNECTIONS = {
    "full": ConnectionTcpFull,
    "intermediate": ConnectionTcpIntermediate,
    "abridged": ConnectionTcpAbridged,
    "obfuscated": ConnectionTcpObfuscated,
    "mtproxy": ConnectionTcpMTProxyRandomizedIntermediate,
}
# Their CTR is written in Python where cryptg is not installed: about 100 KB a second.
SLOW = ("obfuscated", "mtproxy")
PROXY_SECRET = "dd00112233445566778899aabbccddeeff"
TIMEOUT_SECONDS = 170


def make_client(info, connection):
    rsa._server_keys.clear()
    rsa.add_key(info["rsa_public_key_pem"], old=False)
    home = next(dc for dc in info["dcs"] if dc["id"] == info["home_dc"])
    proxy = None
    if connection is ConnectionTcpMTProxyRandomizedIntermediate:
        proxy = ("127.0.0.1", info["proxy_port"], info["proxy_secret"])
    session = StringSession()
    session.set_dc(home["id"], home["host"], home["port"])
    return TelegramClient(session, 1, "0" * 32, connection=connection, proxy=proxy)


async def sign_in(client, info):
    phone = "+1 555 0100"
    await client.send_code_request(phone)
    try:
        await client.sign_in(phone, "wrong")
        raise AssertionError("a wrong code was taken")
    except errors.PhoneCodeInvalidError:
        pass
    try:
        await client.sign_in(phone, info["login_code"])
    except errors.SessionPasswordNeededError:
        assert info["password"]
        await client.sign_in(password=info["password"])


async def download_from_home(client, document, dc):
    """Asks the home data centre, which sends the client on to the file's own."""
    location = types.InputDocumentFileLocation(document.id, document.access_hash, document.file_reference, "")
    try:
        await client(functions.upload.GetFileRequest(location, 0, 4096))
        raise AssertionError("a file of another data centre was served")
    except errors.FileMigrateError as migrate:
        assert migrate.new_dc == dc, migrate
    return b"".join([bytes(part) async for part in client.iter_download(location, file_size=document.size)])


async def run(info, connection):
    client = make_client(info, connection)
    await client.connect()
    try:
        assert not await client.is_user_authorized()
        await sign_in(client, info)
        me = await client.get_me()
        assert me.phone == "15550100", me
        # get_entity knows no names of four letters; what it would call does.
        resolved = await client(functions.contacts.ResolveUsernameRequest(info["channel"]))
        channel = resolved.chats[0]
        assert channel.username == info["channel"]
        try:
            await client(functions.contacts.ResolveUsernameRequest("nobody_is_here"))
            raise AssertionError("an unknown name was resolved")
        except errors.UsernameNotOccupiedError:
            pass
        assert any(message["dc"] != info["home_dc"] for message in info["messages"])
        for expected in info["messages"]:
            message = await client.get_messages(channel, ids=expected["id"])
            assert message.file.size == expected["size"], message
            assert message.file.name == expected["name"], message
            assert message.media.document.dc_id == expected["dc"]
            data = await client.download_media(message, file=bytes)
            assert sha256(data) == expected["sha256"], expected
            print("downloaded", expected["name"], "from DC", expected["dc"])
            if expected["dc"] != info["home_dc"]:
                data = await download_from_home(client, message.media.document, expected["dc"])
                assert sha256(data) == expected["sha256"], expected
        history = await client.get_messages(channel, limit=10)
        assert [message.id for message in history] == list(range(len(info["messages"]) + 2, 0, -1)), history
        assert history[0].media is None and history[0].message == "a message without media"
        assert history[-1].action is not None
        full = await client(functions.users.GetFullUserRequest("me"))
        assert full.full_user.id == me.id
        # What it sends when nothing has come for 15 minutes; an error would end its connection.
        state = await client(functions.updates.GetStateRequest())
        await client(functions.updates.GetDifferenceRequest(state.pts, state.date, state.qts))
        dialogs = await client.get_dialogs()
        assert [dialog.entity.username for dialog in dialogs] == [info["channel"]]
        await client.log_out()
    finally:
        await client.disconnect()


def main():
    server, transport = sys.argv[1], sys.argv[2]
    password = sys.argv[3] if len(sys.argv) > 3 else ""
    secret = PROXY_SECRET if transport == "mtproxy" else ""
    with cluster(server, password, secret, transport in SLOW) as info:
        asyncio.run(asyncio.wait_for(run(info, CONNECTIONS[transport]), TIMEOUT_SECONDS))
    print("passed")


if __name__ == "__main__":
    main()
