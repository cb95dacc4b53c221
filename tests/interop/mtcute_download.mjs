// mtcute signs in to a local cluster, resolves its channel and downloads from a foreign data centre.
// Arguments: the cluster's information, `plain`, `pfs`, `obfuscated` or `mtproxy`. @mtcute/core 0.30.3 speaks the layer of its own schema, 227.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

let mtcute
try {
  mtcute = { ...(await import('@mtcute/node')), ...(await import('@mtcute/node/utils.js')) }
} catch (why) {
  console.log(`skipped: mtcute is not installed (npm ci in tests/interop): ${why.message}`)
  process.exit(77)
}
const { IntermediatePacketCodec, MemoryStorage, MtProxyTcpTransport, NodeCryptoProvider, ObfuscatedPacketCodec } = mtcute
const { TcpTransport, TelegramClient, addPublicKey } = mtcute

class IntermediateTransport extends TcpTransport {
  packetCodec() {
    return new IntermediatePacketCodec()
  }
}

class ObfuscatedTransport extends TcpTransport {
  packetCodec() {
    return new ObfuscatedPacketCodec(new IntermediatePacketCodec())
  }
}

function makeTransport(info, kind) {
  if (kind === 'obfuscated') return new ObfuscatedTransport()
  if (kind === 'mtproxy') return new MtProxyTcpTransport({ host: '127.0.0.1', port: info.proxy_port, secret: info.proxy_secret })
  return new IntermediateTransport()
}

async function makeClient(info, kind) {
  const crypto = new NodeCryptoProvider()
  await crypto.initialize?.()
  addPublicKey(crypto, info.rsa_public_key_pem, false)
  const home = info.dcs.find((dc) => dc.id === info.home_dc)
  const main = { id: home.id, ipAddress: home.host, port: home.port }
  const media = { id: home.id, ipAddress: home.host, port: home.media_port, mediaOnly: true }
  return new TelegramClient({
    apiId: 1,
    apiHash: '0'.repeat(32),
    storage: new MemoryStorage(),
    crypto,
    transport: makeTransport(info, kind),
    defaultDcs: { main, media },
    disableUpdates: true,
    updates: false,
    network: { usePfs: kind === 'pfs' },
  })
}

async function signIn(client, info) {
  const phone = '+15550101'
  const sent = await client.sendCode({ phone })
  await assert.rejects(client.signIn({ phone, phoneCodeHash: sent.phoneCodeHash, phoneCode: '0' }), /PHONE_CODE_INVALID/)
  const login = { phone, phoneCodeHash: sent.phoneCodeHash, phoneCode: info.login_code }
  if (!info.password) return client.signIn(login)
  await assert.rejects(client.signIn(login), /SESSION_PASSWORD_NEEDED/)
  await assert.rejects(client.checkPassword({ password: info.password + '!' }), /PASSWORD_HASH_INVALID/)
  return client.checkPassword({ password: info.password })
}

async function sha256Of(parts) {
  const hash = createHash('sha256')
  for await (const part of parts) hash.update(part)
  return hash.digest('hex')
}

// Asks the home data centre, which sends the client on to the file's own.
async function downloadFromHome(client, { id, accessHash, fileReference, size }, homeDc) {
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' }
  const asked = client.call({ _: 'upload.getFile', location, offset: 0, limit: 4096 })
  await assert.rejects(asked, /FILE_MIGRATE/)
  return sha256Of(client.downloadAsIterable(location, { dcId: homeDc, fileSize: size }))
}

async function run(info, kind) {
  const client = await makeClient(info, kind)
  // With perfect forward secrecy mtcute 0.30.3 never hands a foreign data centre's temporary key to the connections that
  // download from it: against any server, only files of the home data centre can be had.
  const wanted = kind === 'pfs' ? info.messages.filter((message) => message.dc === info.home_dc) : info.messages
  try {
    const me = await signIn(client, info)
    assert.equal(me.phoneNumber, '15550101')
    const channel = await client.resolvePeer(info.channel)
    assert.equal(channel._, 'inputPeerChannel')
    await assert.rejects(client.resolvePeer('nobody_is_here'), /not found|USERNAME_NOT_OCCUPIED/)
    assert.ok(info.messages.some((message) => message.dc !== info.home_dc))
    assert.ok(wanted.length > 0)
    for (const expected of wanted) {
      const [message] = await client.getMessages(channel, expected.id)
      assert.equal(message.media.fileName, expected.name)
      assert.equal(message.media.fileSize, expected.size)
      assert.equal(message.media.raw.dcId, expected.dc)
      assert.equal(await sha256Of(client.downloadAsIterable(message.media)), expected.sha256)
      if (expected.dc !== info.home_dc) {
        assert.equal(await downloadFromHome(client, message.media.raw, info.home_dc), expected.sha256)
      }
      console.log('downloaded', expected.name, 'from DC', expected.dc)
    }
    const history = await client.getHistory(channel, { limit: 10 })
    const last = info.messages.length + 2
    assert.deepEqual(history.map((message) => message.id), Array.from({ length: last }, (_, i) => last - i))
    assert.equal(history[0].text, 'a message without media')
    await client.logOut()
  } finally {
    await client.destroy()
  }
}

// bench/peers uses the beginning of it.
export { makeClient, signIn }
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(JSON.parse(readFileSync(process.argv[2], 'utf8')), process.argv[3])
  console.log('passed')
  // Its timers would keep the process for a while.
  process.exit(0)
}
