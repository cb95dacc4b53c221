# Telethon downloads one message's file to nowhere: telethon_get.py INFO ID
import asyncio
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tests" / "interop"))
from telethon import functions  # noqa: E402
from telethon.network.connection import ConnectionTcpFull  # noqa: E402
from telethon_download import make_client, sign_in  # noqa: E402


async def run(info, message_id):
    client = make_client(info, ConnectionTcpFull)
    await client.connect()
    await sign_in(client, info)
    channel = (await client(functions.contacts.ResolveUsernameRequest(info["channel"]))).chats[0]
    message = await client.get_messages(channel, ids=message_id)
    count = 0
    async for part in client.iter_download(message.media):
        count += len(part)
    await client.disconnect()
    print(count)


asyncio.run(run(json.loads(pathlib.Path(sys.argv[1]).read_text()), int(sys.argv[2])))
