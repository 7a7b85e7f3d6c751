// The real program with its invented past, and what it says of how to get in.
import { spawn, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../..', import.meta.url).pathname

// The demo's token of a Telegram bot that does not exist, and the person whose parcels
// its Mini App shows (cmd/bot/demo).
const demoToken = '100000000:demo-of-a-bot-that-does-not-exist-0'
const demoUser = 10001

// start builds the program and runs it until stop. Its pages are asked for in lang.
export async function start(lang) {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-browser-'))
  const program = process.env.WAYBILL_TEST_BOT || join(folder, 'bot')
  if (!process.env.WAYBILL_TEST_BOT) {
    const built = spawnSync('go', ['build', '-o', program, './cmd/bot'], { cwd: root, stdio: 'inherit' })
    if (built.status !== 0) throw new Error('the program does not build')
  }
  const bot = spawn(program, ['demo', '--http', '127.0.0.1:0', '--linger', '30m'], {
    cwd: folder, env: { PATH: process.env.PATH, TMPDIR: folder, LANG: lang }, stdio: ['pipe', 'ignore', 'pipe'],
  })
  bot.stdin.end('YT1000000000013\n773000000000017\nSF1000000000015 1234 妈妈的茶叶\n')
  const stop = () => new Promise((resolve) => {
    bot.once('close', () => { rmSync(folder, { recursive: true, force: true }); resolve() })
    bot.kill('SIGTERM')
  })
  const said = await new Promise((resolve, reject) => {
    let text = ''
    const late = setTimeout(() => reject(new Error(`the program does not say where it serves: ${text}`)), 60_000)
    bot.stderr.on('data', (piece) => {
      text += piece
      const at = /^(http:\/\/\S+)\/admin\s+token\s+(\S+)$/m.exec(text)
      const page = /^http:\/\/\S+(\/p\/\S+)$/m.exec(text)
      if (!at || !page) return
      clearTimeout(late)
      resolve({ url: at[1], token: at[2], page: page[1] })
    })
    bot.once('close', (code) => reject(new Error(`the program ends with ${code}: ${text}`)))
  })
  return { ...said, stop }
}

// launch is the fragment with which Telegram opens the Mini App for the demo's person.
export function launch(now = Date.now()) {
  const fields = { auth_date: String(Math.floor(now / 1000)), query_id: 'AAE', user: JSON.stringify({ id: demoUser, first_name: 'Li', language_code: 'zh-hans' }) }
  const check = Object.keys(fields).sort().map((key) => `${key}=${fields[key]}`).join('\n')
  const key = createHmac('sha256', 'WebAppData').update(demoToken).digest()
  const initData = new URLSearchParams({ ...fields, hash: createHmac('sha256', key).update(check).digest('hex') })
  return '#' + new URLSearchParams({ tgWebAppData: initData.toString(), tgWebAppVersion: '8.0', tgWebAppPlatform: 'web' })
}
