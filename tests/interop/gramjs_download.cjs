// GramJS (layer 198) signs in to a local cluster, resolves its channel and downloads from foreign data centres.
// Arguments: the cluster's information, `full`, `obfuscated` (abridged inside), or that in `websocket` or `websocket_tls`.
const assert = require('node:assert/strict')
const crypto = require('node:crypto')
const { readFileSync } = require('node:fs')

let gramjs
try {
  gramjs = {
    ...require('telegram'),
    ...require('telegram/sessions'),
    ...require('telegram/network'),
    ...require('telegram/extensions'),
    keys: require('telegram/crypto/RSA')._serverKeys,
    bigInt: require('big-integer'),
  }
} catch (why) {
  console.log(`skipped: GramJS is not installed (npm ci in tests/interop): ${why.message}`)
  process.exit(77)
}
const { Api, ConnectionTCPFull, ConnectionTCPObfuscated, PromisedWebSockets, StringSession, TelegramClient, bigInt, keys } = gramjs
const connections = { full: ConnectionTCPFull }

const websockets = []
class PlainWebSockets extends PromisedWebSockets {
  getWebSocketLink(...where) {
    websockets.push(super.getWebSocketLink(...where))
    return websockets.at(-1)
  }
}
// Theirs uses TLS on port 443 only.
class SecureWebSockets extends PromisedWebSockets {
  getWebSocketLink(ip, port) {
    websockets.push(`wss://${ip}:${port}/apiws`)
    return websockets.at(-1)
  }
}
const sockets = { websocket: PlainWebSockets, websocket_tls: SecureWebSockets }

// A TL string of less than 254 bytes, or of less than 2^24.
function tlBytes(data) {
  const head = data.length < 254 ? Buffer.from([data.length]) : Buffer.from([254, data.length & 255, data.length >> 8, 0])
  return Buffer.concat([head, data, Buffer.alloc((4 - ((head.length + data.length) % 4)) % 4)])
}

function useKey(pem) {
  const { n, e } = crypto.createPublicKey(pem).export({ format: 'jwk' })
  const parts = [n, e].map((part) => Buffer.from(part, 'base64url'))
  const digest = crypto.createHash('sha1').update(Buffer.concat(parts.map(tlBytes))).digest()
  keys.clear()
  keys.set(digest.readBigInt64LE(12).toString(), { n: bigInt(parts[0].toString('hex'), 16), e: 65537 })
}

function makeClient(info, kind) {
  const find = (id) => info.dcs.find((dc) => dc.id === id)
  // It knows no ports but 80 and 443, and its session none above 32767.
  class Local extends (connections[kind] ?? ConnectionTCPObfuscated) {
    constructor(given) {
      const { host, port } = find(given.dcId)
      super({ ...given, ip: host, port })
    }
  }
  const home = find(info.home_dc)
  const session = new StringSession('')
  session.setDC(home.id, home.host, 80)
  const client = new TelegramClient(session, 1, '0'.repeat(32), { connection: Local, networkSocket: sockets[kind], useWSS: false })
  client.setLogLevel('error')
  client.getDC = async (id) => ({ id, ipAddress: find(id).host, port: 80 })
  return client
}

async function signIn(client, info) {
  const phone = '+15550102'
  const { phoneCodeHash } = await client.sendCode({ apiId: 1, apiHash: '0'.repeat(32) }, phone)
  const login = (phoneCode) => client.invoke(new Api.auth.SignIn({ phoneNumber: phone, phoneCodeHash, phoneCode }))
  await assert.rejects(login('0'), /PHONE_CODE_INVALID/)
  await login(info.login_code)
}

// Asks the home data centre, which sends the client on to the file's own.
async function downloadFromHome(client, { id, accessHash, fileReference, size }, homeDc, dc) {
  const location = new Api.InputDocumentFileLocation({ id, accessHash, fileReference, thumbSize: '' })
  const asked = client.invoke(new Api.upload.GetFile({ location, offset: bigInt.zero, limit: 4096 }))
  await assert.rejects(asked, (error) => error.newDc === dc)
  const parts = []
  for await (const part of client.iterDownload({ file: location, dcId: homeDc, fileSize: size, requestSize: 128 * 1024 })) parts.push(part)
  return Buffer.concat(parts)
}

async function run(info, kind) {
  useKey(info.rsa_public_key_pem)
  const client = makeClient(info, kind)
  await client.connect()
  await signIn(client, info)
  const me = await client.getMe()
  assert.equal(me.phone, '15550102')
  const full = await client.invoke(new Api.users.GetFullUser({ id: new Api.InputUserSelf() }))
  assert.equal(full.fullUser.id.toString(), me.id.toString())
  const resolved = await client.invoke(new Api.contacts.ResolveUsername({ username: info.channel }))
  const channel = resolved.chats[0]
  assert.equal(channel.username, info.channel)
  const visited = new Set()
  for (const expected of info.messages) {
    const [message] = await client.getMessages(channel, { ids: [expected.id] })
    assert.equal(message.file.name, expected.name)
    assert.equal(Number(message.file.size), expected.size)
    const data = await client.downloadMedia(message)
    assert.equal(crypto.createHash('sha256').update(data).digest('hex'), expected.sha256)
    if (expected.dc !== info.home_dc) {
      const again = await downloadFromHome(client, message.media.document, info.home_dc, expected.dc)
      assert.equal(crypto.createHash('sha256').update(again).digest('hex'), expected.sha256)
    }
    visited.add(expected.dc)
    console.log('downloaded', expected.name, 'from DC', expected.dc)
  }
  assert.ok([...visited].some((dc) => dc !== info.home_dc))
  const history = await client.getMessages(channel, { limit: 10 })
  const last = info.messages.length + 2
  assert.deepEqual(Array.from(history, (message) => message.id), Array.from({ length: last }, (_, i) => last - i))
  assert.equal(history[0].message, 'a message without media')
  const dialogs = await client.getDialogs({})
  assert.deepEqual(Array.from(dialogs, (dialog) => dialog.entity.username), [info.channel])
  await client.invoke(new Api.auth.LogOut())
  const scheme = { websocket: 'ws:', websocket_tls: 'wss:' }[kind]
  assert.equal(websockets.length > 0, scheme !== undefined)
  assert.ok(websockets.every((link) => link.startsWith(scheme)))
}

// bench/peers uses the beginning of it.
module.exports = { makeClient, signIn, useKey }
if (require.main === module) {
  run(JSON.parse(readFileSync(process.argv[2], 'utf8')), process.argv[3]).then(
    () => {
      console.log('passed')
      // Its timers would keep the process for a while.
      process.exit(0)
    },
    (why) => {
      console.error(why)
      process.exit(1)
    },
  )
}
