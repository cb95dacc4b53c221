// mtcute downloads one message's file to nowhere: mtcute_get.mjs INFO ID
import { readFileSync } from 'node:fs'

import { makeClient, signIn } from '../../tests/interop/mtcute_download.mjs'

const info = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const client = await makeClient(info, 'plain')
await signIn(client, info)
await client.resolvePeer(info.channel)
const [message] = await client.getMessages(info.channel, Number(process.argv[3]))
let count = 0
for await (const part of client.downloadAsIterable(message.media)) count += part.length
console.log(count)
// Its timers would keep the process for a while.
process.exit(0)
