# Login tokens with Telethon: it asks for one and another of its clients accepts it; and it accepts one of mtpipe.
import asyncio
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from cluster import cluster, end_with_parent, skip

try:
    from telethon import TelegramClient, errors, functions
    from telethon.crypto import rsa
    from telethon.sessions import StringSession
except ImportError as why:
    skip(f"Telethon is not installed ({why})")

TIMEOUT_SECONDS = 100
PASSWORD = "a passphrase"
LINK = re.compile(r"tg://login\?token=([\w-]+)")


def client_at(info, pem, number):
    TelegramClient._config = None  # of all clients: that of the cluster before
    rsa._server_keys.clear()
    rsa.add_key(pem, old=False)
    dc = next(dc for dc in info["dcs"] if dc["id"] == number)
    session = StringSession()
    session.set_dc(dc["id"], dc["host"], dc["port"])
    return TelegramClient(session, 1, "0" * 32)


async def phone_of(info, pem):
    """A device that is signed in."""
    client = client_at(info, pem, info["home_dc"])
    await client.connect()
    await client.send_code_request("+1 555 0100")
    try:
        await client.sign_in("+1 555 0100", info["login_code"])
    except errors.SessionPasswordNeededError:
        await client.sign_in(password=info["password"])
    return client


async def telethon_asks(info, pem, number):
    """At the data centre `number`, which may be another than the account's."""
    phone, other = await phone_of(info, pem), client_at(info, pem, number)
    await other.connect()
    try:
        qr = await other.qr_login()
        waiting = asyncio.ensure_future(qr.wait(20))
        await asyncio.sleep(0.2)
        await phone(functions.auth.AcceptLoginTokenRequest(token=qr.token))
        try:
            await waiting
        except errors.SessionPasswordNeededError:
            await other.sign_in(password=info["password"])
        me = await other.get_me()
        assert me.phone == "15550100", me
        print("Telethon signed in by token, begun at DC", number)
    finally:
        await other.disconnect()
        await phone.disconnect()


async def telethon_accepts(mtpipe, info, info_path, pem, work):
    phone = await phone_of(info, pem)
    try:
        process = await asyncio.create_subprocess_exec(
            mtpipe, "--dc-info", str(info_path), "login", "--qr", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, "XDG_DATA_HOME": str(work)}, preexec_fn=end_with_parent)
        line = (await process.stderr.readline()).decode()
        token = LINK.search(line).group(1)
        await phone(functions.auth.AcceptLoginTokenRequest(token=base64.urlsafe_b64decode(token + "==")))
        out, rest = await process.communicate()
        assert process.returncode == 0, rest
        assert b"logged in as" in out, out
        print("Telethon accepted a token of mtpipe")
    finally:
        await phone.disconnect()


def with_mtpipe(mtpipe):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "files").mkdir()
        (work / "files" / "a.bin").write_bytes(b"x" * 1000)
        info_path = work / "dc.json"
        server = subprocess.Popen([mtpipe, "localdc", str(work / "files"), "--info", str(info_path)],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, preexec_fn=end_with_parent)
        try:
            while not info_path.exists():
                assert server.poll() is None
                server.stdout.readline()
            info = json.loads(info_path.read_text())
            pem = pathlib.Path(info["rsa_public_key"]).read_text()
            bounded(telethon_accepts(mtpipe, info, info_path, pem, work))
        finally:
            server.terminate()
            server.communicate()


def bounded(task):
    asyncio.run(asyncio.wait_for(task, TIMEOUT_SECONDS))


def main():
    server, mtpipe = sys.argv[1], sys.argv[2]
    for password in ("", PASSWORD):
        with cluster(server, password, small=True) as info:
            for number in (info["home_dc"], 1):
                bounded(telethon_asks(info, info["rsa_public_key_pem"], number))
    with_mtpipe(mtpipe)
    print("passed")


if __name__ == "__main__":
    main()
