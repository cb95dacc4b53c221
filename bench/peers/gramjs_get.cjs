// GramJS downloads one message's file to nowhere: gramjs_get.cjs INFO ID
const { readFileSync } = require('node:fs')

const { makeClient, signIn, useKey } = require('../../tests/interop/gramjs_download.cjs')
const { Api } = require('../../tests/interop/node_modules/telegram')

// The largest that it takes.
const requestSize = 512 * 1024

async function run(info, id) {
  useKey(info.rsa_public_key_pem)
  const client = makeClient(info, 'full')
  await client.connect()
  await signIn(client, info)
  const { chats } = await client.invoke(new Api.contacts.ResolveUsername({ username: info.channel }))
  const [message] = await client.getMessages(chats[0], { ids: [id] })
  let count = 0
  for await (const part of client.iterDownload({ file: message.media, requestSize })) count += part.length
  console.log(count)
  process.exit(0)
}

run(JSON.parse(readFileSync(process.argv[2], 'utf8')), Number(process.argv[3]))
