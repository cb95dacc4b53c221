// mtcute's reader on a page of a channel's history: node mtcute_history.mjs FILE [SECONDS]
// FILE holds a boxed messages.channelMessages (bench/micro/history writes it).
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const cannotRun = 77
const [file, seconds = '2'] = process.argv.slice(2)
const installed = path.resolve(import.meta.dirname, '../../tests/interop/node_modules')
let TlBinaryReader, __tlReaderMap
try {
  ;({ TlBinaryReader } = await import(`${installed}/@mtcute/tl-runtime/index.js`))
  ;({ __tlReaderMap } = createRequire(installed)(`${installed}/@mtcute/tl/binary/reader.js`))
} catch (why) {
  console.error(`skipped: mtcute is not installed (npm ci in tests/interop): ${why.message}`)
  process.exit(cannotRun)
}

const page = new Uint8Array(fs.readFileSync(file))
const decode = () => TlBinaryReader.deserializeObject(__tlReaderMap, page)

const first = decode()
if (first._ !== 'messages.channelMessages' || first.messages.at(-1).media.document.mimeType !== 'video/mp4')
  throw new Error(`not the page that was expected: ${first._}`)

// The best of three rounds: the engine compiles it during the first. CPU time, that of the engine's own threads included.
let best = 0
for (const _ of [1, 2, 3]) {
  const begin = process.cpuUsage()
  const spent = () => Object.values(process.cpuUsage(begin)).reduce((sum, micros) => sum + micros) / 1e6
  let messages = 0
  while (spent() < Number(seconds) / 3) for (let i = 0; i < 20; ++i) messages += decode().messages.length
  best = Math.max(best, messages / spent())
}
console.log(`mtcute's reader, node ${process.version}: ${Math.round(best)} messages/s`)
