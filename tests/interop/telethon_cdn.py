# Telethon is sent from the file's data centre to the CDN, whose key it learns, has the file given to it, and decrypts
# and proves what comes, with its own cipher and hashes.
import asyncio
import sys

from cluster import cluster, sha256
from telethon_download import TIMEOUT_SECONDS, CONNECTIONS, make_client, sign_in

from telethon import TelegramClient, functions, types
from telethon.crypto import AESModeCTR, CdnDecrypter, rsa
from telethon.sessions import StringSession
from telethon.tl.alltlobjects import LAYER

PART = 128 * 1024


async def cdn_sender(client, dc_id):
    """A connection to the CDN, after a key exchange by the CDN's own RSA key."""
    config = await client(functions.help.GetCdnConfigRequest())
    keys = [key.public_key for key in config.public_keys if key.dc_id == dc_id]
    assert keys, config
    rsa.add_key(keys[0], old=False)
    addresses = (await client(functions.help.GetConfigRequest())).dc_options
    address = next(each for each in addresses if each.id == dc_id)
    assert address.cdn, address
    cdn = TelegramClient(StringSession(), 1, "0" * 32)
    await cdn._sender.connect(cdn._connection(address.ip_address, address.port, dc_id, loggers=cdn._log))
    return cdn._sender


async def download(client, cdns, document, at_home):
    location = types.InputDocumentFileLocation(document.id, document.access_hash, document.file_reference, "")
    sender = client._sender if at_home else await client._borrow_exported_sender(document.dc_id)
    try:
        first = functions.upload.GetFileRequest(location, 0, PART, cdn_supported=True)
        redirect = await sender.send(first)
        assert isinstance(redirect, types.upload.FileCdnRedirect), redirect
        if redirect.dc_id not in cdns:
            cdns[redirect.dc_id] = await cdn_sender(client, redirect.dc_id)
        cdn = cdns[redirect.dc_id]
        hashes = {each.offset: each for each in redirect.file_hashes}
        data, reuploads = b"", 0
        while len(data) < document.size:
            query = functions.upload.GetCdnFileRequest(redirect.file_token, len(data), PART)
            answer = await cdn.send(functions.InvokeWithLayerRequest(
                LAYER, functions.InitConnectionRequest(1, "interop", "1", "1", "en", "", "en", query)))
            if isinstance(answer, types.upload.CdnFileReuploadNeeded):
                reuploads += 1
                assert reuploads == 1, "the file was given to the CDN and is not there"
                given = await sender.send(functions.upload.ReuploadCdnFileRequest(
                    redirect.file_token, answer.request_token))
                hashes.update((each.offset, each) for each in given)
                continue
            counter = (len(data) // 16).to_bytes(4, "big")
            cipher = AESModeCTR(redirect.encryption_key, redirect.encryption_iv[:12] + counter)
            data += cipher.encrypt(answer.bytes)
        assert reuploads == 1, "the CDN had a file that nobody gave to it"
        proved = 0
        while proved < document.size:
            if proved not in hashes:
                more = await sender.send(functions.upload.GetCdnFileHashesRequest(redirect.file_token, proved))
                hashes.update((each.offset, each) for each in more)
            CdnDecrypter.check(data[proved:proved + hashes[proved].limit], hashes[proved])
            proved += hashes[proved].limit
        return data
    finally:
        if not at_home:
            await client._return_exported_sender(sender)


async def run(info):
    client = make_client(info, CONNECTIONS["full"])
    await client.connect()
    cdns = {}
    try:
        await sign_in(client, info)
        channel = (await client(functions.contacts.ResolveUsernameRequest(info["channel"]))).chats[0]
        for expected in info["messages"]:
            message = await client.get_messages(channel, ids=expected["id"])
            data = await download(client, cdns, message.media.document, expected["dc"] == info["home_dc"])
            assert sha256(data) == expected["sha256"], expected
            print("downloaded", expected["name"], "from the CDN for DC", expected["dc"])
    finally:
        for cdn in cdns.values():
            await cdn.disconnect()
        await client.disconnect()


def main():
    # Their CTR is written in Python where cryptg is not installed.
    with cluster(sys.argv[1], small=True) as info:
        asyncio.run(asyncio.wait_for(run(info), TIMEOUT_SECONDS))
    print("passed")


if __name__ == "__main__":
    main()
