// Drives WeCom's own SDK against the server named on the command line and says
// in JSON lines what it sees. Usage: node judge.mjs URL BOT_ID SECRET
import AiBot, { generateReqId } from '@wecom/aibot-node-sdk'

const [wsUrl, botId, secret] = process.argv.slice(2)
const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }))
const outcome = async (step, promise) => {
  try {
    say('done', { step, code: (await promise).errcode })
  } catch (e) {
    say('refused', { step, code: e.errcode ?? 0, words: e.errmsg ?? String(e) })
  }
}

const silent = () => {}
const client = new AiBot.WSClient({
  wsUrl,
  botId,
  secret,
  heartbeatInterval: 500, // it gives up after two that a busy machine answers late
  maxReconnectAttempts: 0,
  maxAuthFailureAttempts: 0,
  logger: { debug: silent, info: silent, warn: silent, error: silent },
})

client.on('authenticated', () => say('authenticated'))
client.on('error', (e) => say('error', { words: e.message }))
client.on('disconnected', () => { say('disconnected'); process.exit(0) })
client.on('event.disconnected_event', () => say('thrown out'))

client.on('event.enter_chat', (frame) =>
  outcome('welcome', client.replyWelcome(frame, { msgtype: 'text', text: { content: '您好' } })))

client.on('message.mixed', (frame) =>
  say('mixed', { text: frame.body.mixed.msg_item.filter((i) => i.msgtype === 'text').map((i) => i.text.content).join('|') }))

client.on('message.image', async (frame) => {
  const { buffer } = await client.downloadFile(frame.body.image.url, frame.body.image.aeskey)
  say('image', { text: buffer.toString() })
})

client.on('event.template_card_event', (frame) =>
  say('pressed', { text: frame.body.event.template_card_event.event_key, chat: frame.body.chatid, kind: frame.body.chattype }))

client.on('message.text', async (frame) => {
  const { chattype, chatid, from, text, quote } = frame.body
  say('text', { text: text.content, chat: chatid ?? from.userid, kind: chattype, quote: quote?.text?.content })
  const stream = generateReqId('stream')
  const chat = chatid ?? from.userid
  const markdown = { msgtype: 'markdown', markdown: { content: '**已签收**' } }
  await outcome('stream begins', client.replyStream(frame, stream, '正在查询…', false))
  await outcome('stream ends', client.replyStream(frame, stream, '**运输中**', true))
  await outcome('stream goes on', client.replyStream(frame, stream, '太迟了', true))
  await outcome('unknown callback', client.replyStream({ headers: { req_id: 'nobody' } }, stream, 'x', true))
  await outcome('push', client.sendMessage(chat, markdown))
  await outcome('push text', client.sendMessage(chat, { msgtype: 'text', text: { content: 'x' } }))
  await outcome('push to a stranger', client.sendMessage('stranger', markdown))
  const picture = Buffer.alloc(20 * 1024, 'picture')
  const { media_id } = await client.uploadMedia(picture, { type: 'image', filename: 'journey.png' })
  await outcome('push a picture', client.sendMediaMessage(chat, 'image', media_id))
  await outcome('push a card', client.sendMessage(chat, { msgtype: 'template_card', template_card: {
    card_type: 'button_interaction', main_title: { title: '是这个吗？' }, task_id: generateReqId('task'),
    button_list: [{ text: '是', style: 1, key: 'y:1' }, { text: '不是', style: 2, key: 'n:1' }],
  } }))
  say('over')
})

client.connect()
