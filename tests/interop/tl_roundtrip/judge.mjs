// Lets mtcute read what the library wrote and write it again, and compares byte for byte:
// node judge.mjs PROGRAM SCHEMA WORK_FOLDER
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

const cannotRun = 77
const require = createRequire(import.meta.url)
let schemas
try {
  schemas = path.dirname(require.resolve('@mtcute/core/tl/api-schema.json'))
} catch {
  console.log('SKIPPED: tests/interop/node_modules is missing; run `npm ci` in tests/interop')
  process.exit(cannotRun)
}
const { TlBinaryReader, TlBinaryWriter } = await import('@mtcute/tl-runtime')
const { __tlReaderMap } = require(path.join(schemas, 'binary', 'reader.cjs'))
const { __tlWriterMap } = require(path.join(schemas, 'binary', 'writer.cjs'))
const api = require('@mtcute/core/tl/api-schema.json').e
const mtp = require('@mtcute/core/tl/mtp-schema.json')

const [program, schema, folder] = process.argv.slice(2)
fs.mkdirSync(folder, { recursive: true })

// The longs that mtcute keeps in a double.
const narrow = path.join(folder, 'narrow.txt')
const narrowFields = [...api, ...mtp].flatMap((entry) =>
  entry.arguments.filter((field) => field.type === 'int53').map((field) => `${entry.name}.${field.name}`))
fs.writeFileSync(narrow, narrowFields.join('\n') + '\n')

// mtcute ships no readers for methods. These put its own primitives in the order of its own schema.
const camel = (name) => name.replace(/(?<=[a-z0-9])_([a-z0-9])/gi, (_, letter) => letter.toUpperCase())
const primitives = new Set(['int', 'long', 'int53', 'double', 'int128', 'int256', 'string', 'bytes'])
function readOne(reader, type) {
  if (primitives.has(type)) return reader[type]()
  if (type === 'Bool') return reader.boolean()
  return reader.object()
}
function readerOf(entry) {
  return (reader) => {
    const flags = {}
    const made = { _: entry.name }
    for (const { name, type, typeModifiers = {} } of entry.arguments) {
      if (type === '#') {
        flags[name] = reader.uint()
        continue
      }
      if (typeModifiers.predicate) {
        const [word, bit] = typeModifiers.predicate.split('.')
        const set = ((flags[word] >>> Number(bit)) & 1) === 1
        if (type === 'true') made[camel(name)] = set
        if (!set || type === 'true') continue
      }
      made[camel(name)] = typeModifiers.isVector ? reader.vector(() => readOne(reader, type)) : readOne(reader, type)
    }
    return made
  }
}
const readers = { ...__tlReaderMap }
const names = new Map()
for (const entry of [...api, ...mtp]) {
  names.set(entry.id, entry.name)
  if (!readers[entry.id]) readers[entry.id] = readerOf(entry)
}

const values = path.join(folder, 'values.bin')
const ran = spawnSync(program, [schema, narrow, values], { stdio: 'inherit' })
if (ran.status !== 0) {
  console.error(`${program} failed: ${ran.error ?? ran.status}`)
  process.exit(1)
}

// mtcute cannot read its one bare vector: it hands the reader over as `this`, where an argument is expected. The unit
// tests hold future_salts against bytes written by hand.
const beyondMtcute = new Set(['mt_future_salts'])

const data = fs.readFileSync(values)
const seen = new Set()
let compared = 0
let wrong = 0
for (let at = 0; at < data.length;) {
  const size = data.readUInt32LE(at)
  const given = data.subarray(at + 4, at + 4 + size)
  at += 4 + size
  const id = given.readUInt32LE(0)
  if (beyondMtcute.has(names.get(id))) continue
  seen.add(id)
  ++compared
  try {
    const value = new TlBinaryReader(readers, new Uint8Array(given)).object()
    const written = TlBinaryWriter.serializeObject(__tlWriterMap, value)
    if (Buffer.compare(Buffer.from(written), given) !== 0) throw Error('the bytes differ')
  } catch (problem) {
    ++wrong
    console.error(`${names.get(id) ?? id.toString(16)}: ${problem.message}`)
  }
}
for (const name of beyondMtcute) if (schema.endsWith('mtproto.tl')) console.log(`${name}: not compared, mtcute cannot read it`)
console.log(`${seen.size} constructors and methods, ${compared} values compared, ${wrong} differ`)
process.exit(wrong === 0 && compared > 0 ? 0 : 1)
