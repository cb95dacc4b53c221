// mtcute's reader on a page of a channel's history: node mtcute_history.mjs FILE [SECONDS]
// FILE holds a boxed messages.channelMessages (bench/micro/history writes it).
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const cannotRun = 77
const [file, seconds = '2'] = process.argv.slice(2)
const clients = path.resolve(import.meta.dirname, '../../tests/interop/package.json')
const require = createRequire(clients)
let TlBinaryReader, __tlReaderMap
try {
  ;({ TlBinaryReader } = require('@mtcute/tl-runtime'))
  ;({ __tlReaderMap } = require('@mtcute/tl/binary/reader.js'))
} catch (why) {
  console.error(`skipped: mtcute is not installed (npm ci in tests/interop): ${why.message}`)
  process.exit(cannotRun)
}

const page = new Uint8Array(fs.readFileSync(file))
const decode = () => TlBinaryReader.deserializeObject(__tlReaderMap, page)

const first = decode()
if (first._ !== 'messages.channelMessages' || first.messages.at(-1).media.document.mimeType !== 'video/mp4')
  throw new Error(`not the page that was expected: ${first._}`)

// A round to let the engine compile it, then one that counts.
let best = 0
for (const _ of [1, 2, 3]) {
  const begin = process.hrtime.bigint()
  const end = begin + BigInt(Math.round(Number(seconds) * 1e9 / 3))
  let messages = 0
  let now = begin
  for (; now < end; now = process.hrtime.bigint()) messages += decode().messages.length
  best = Math.max(best, messages / (Number(now - begin) / 1e9))
}
console.log(`mtcute's reader, node ${process.version}: ${Math.round(best)} messages/s`)
