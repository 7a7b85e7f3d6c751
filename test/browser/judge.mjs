// Judges the pages of the real program in Chromium: make test-browser. VERBOSE=1 also
// prints what passes, ONLY=app,page looks at some pages alone, UPDATE_PICTURES=1 also takes
// pictures of each into bin/pictures (or PICTURES).
import { existsSync, mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { launch, start } from './bot.mjs'
import { byKeyboard } from './keyboard.mjs'
import { contents, judge, open, watch } from './look.mjs'
import { Report } from './report.mjs'

const report = new Report()
const executablePath = process.env.CHROMIUM || ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
if (!executablePath) {
  console.error('test/browser: there is no chromium: install it (Debian: apt-get install chromium), or set CHROMIUM to one')
  process.exit(1)
}
const bot = await start(process.env.PAGE_LANG || 'zh_CN.UTF-8')
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
try {
  const session = await signIn()
  const only = process.env.ONLY?.split(',')
  const pages = (await findPages(session)).filter((p) => !only || only.includes(p.name))
  await look(session, pages)
  await withoutScripts(session, pages)
  if (!only) await byKeyboard(report, browser, bot)
} finally {
  await browser.close()
  await bot.stop()
}
process.exit(report.end() ? 0 : 1)

// signIn tries a wrong token and the right one, and returns the session.
async function signIn() {
  const context = await browser.newContext()
  const page = await context.newPage()
  const send = async (token) => {
    await page.goto(bot.url + '/admin/login')
    await page.fill('[name=token]', token)
    const [response] = await Promise.all([page.waitForNavigation(), page.press('[name=token]', 'Enter')])
    return response.status()
  }
  await report.check('sign-in: without a session', async () => {
    await page.goto(bot.url + '/admin')
    return new URL(page.url()).pathname === '/admin/login' ? '' : `it shows ${page.url()}`
  })
  await report.check('sign-in: a wrong token', async () => {
    const status = await send('0'.repeat(32))
    return status === 401 ? '' : `status ${status}`
  })
  await report.check('sign-in: the right token', async () => {
    await send(bot.token)
    const [cookie] = await context.cookies()
    if (new URL(page.url()).pathname !== '/admin') return `it leads to ${page.url()}`
    return cookie?.httpOnly && cookie.sameSite === 'Strict' ? '' : `the cookie is ${JSON.stringify({ ...cookie, value: '' })}`
  })
  const session = await context.storageState()
  await context.close()
  return session
}

// findPages follows the dashboard's lists to one parcel and one chat.
async function findPages(session) {
  const context = await browser.newContext({ storageState: session })
  const page = await context.newPage()
  const first = async (list) => {
    await page.goto(bot.url + list)
    const links = await page.$$eval('a[href]', (all) => all.map((a) => a.getAttribute('href')))
    return links.find((href) => new RegExp(`^${list}/\\d+$`).test(href)) || list + '/none-is-linked'
  }
  const pages = [
    { name: 'dashboard', path: '/admin' }, { name: 'calls', path: '/admin/calls' },
    { name: 'parcels', path: '/admin/parcels' }, { name: 'parcel', path: await first('/admin/parcels') },
    { name: 'chats', path: '/admin/chats' }, { name: 'chat', path: await first('/admin/chats') },
    { name: 'pushes', path: '/admin/pushes' }, { name: 'login', path: '/admin/login', stranger: true },
    { name: 'page', path: bot.page, stranger: true }, { name: 'not-found', path: '/p/forged', status: 404, stranger: true },
    { name: 'app', path: '/app' + launch(), stranger: true }, { name: 'app-elsewhere', path: '/app', stranger: true, scripted: [401] },
  ]
  await context.close()
  return pages
}

// look opens every page with an empty cache.
async function look(session, pages) {
  for (const at of pages) {
    const context = await browser.newContext({ viewport: { width: 360, height: 900 }, storageState: at.stranger ? undefined : session, deviceScaleFactor: pictures() ? 1.5 : 1 })
    const page = await context.newPage()
    const seen = await watch(page, bot.url, [at.status || 200, ...(at.scripted || [])])
    await report.check(`${at.name}: opens`, async () => {
      const response = await open(page, bot.url + at.path)
      await judge(report, at.name, page, seen, response, at.status || 200, async (width, scheme) => {
        if (pictures()) await page.screenshot({ path: `${pictures()}/${at.name}-${width}-${scheme}.png` })
      })
    })
    await context.close()
  }
}

// withoutScripts wants the same contents, and forms that work.
async function withoutScripts(session, pages) {
  for (const at of pages.filter((p) => !p.name.startsWith('app'))) {
    await report.check(`${at.name}: the same without scripts`, async () => {
      const [scripted, plain] = await Promise.all([true, false].map(async (javaScriptEnabled) => {
        const context = await browser.newContext({ javaScriptEnabled, storageState: at.stranger ? undefined : session })
        const page = await context.newPage()
        await open(page, bot.url + at.path)
        const shown = await contents(page)
        await context.close()
        return shown
      }))
      for (const key of ['figures', 'headings']) {
        if (JSON.stringify(scripted[key]) !== JSON.stringify(plain[key])) return `${key} differ: ${scripted[key]} without: ${plain[key]}`
      }
      return plain.words >= 0.9 * scripted.words && plain.rows >= 0.9 * scripted.rows ? '' : JSON.stringify({ scripted, plain })
    })
  }
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await report.check('app without scripts: it says what it needs', async () => {
    await page.goto(bot.url + '/app')
    return /telegram/i.test(await page.innerText('main')) ? '' : 'Telegram is not named'
  })
  await report.check('sign-in and sign-out without scripts', async () => {
    await page.goto(bot.url + '/admin/login')
    await page.fill('[name=token]', bot.token)
    await Promise.all([page.waitForNavigation(), page.click('form button')])
    if (new URL(page.url()).pathname !== '/admin') return `it leads to ${page.url()}`
    await Promise.all([page.waitForNavigation(), page.click('form[action$="/admin/logout"] button')])
    await page.goto(bot.url + '/admin')
    return new URL(page.url()).pathname === '/admin/login' ? '' : 'the session goes on'
  })
  await context.close()
}

// pictures is the folder of the pictures, "" unless they are asked for.
function pictures() {
  if (!process.env.UPDATE_PICTURES) return ''
  const folder = process.env.PICTURES || new URL('../../bin/pictures', import.meta.url).pathname
  mkdirSync(folder, { recursive: true })
  return folder
}
