// Takes the README's pictures of the program that runs: make pictures. They land in
// bin/pictures; scripts/palette makes them small.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { launch, start } from './bot.mjs'

const folder = new URL('../../bin/pictures', import.meta.url).pathname
mkdirSync(folder, { recursive: true })
const executablePath = process.env.CHROMIUM || ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const bot = await start(process.env.PAGE_LANG || 'zh_CN.UTF-8')
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 2 })
  const page = await context.newPage()
  await page.goto(bot.url + '/admin/login')
  await page.fill('[name=token]', bot.token)
  await Promise.all([page.waitForNavigation(), page.press('[name=token]', 'Enter')])
  await page.screenshot({ path: `${folder}/dashboard.png` })
  await page.setViewportSize({ width: 400, height: 860 })
  for (const [name, path] of [['page', bot.page], ['app', '/app' + launch()]]) {
    await page.goto(bot.url + path)
    await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {}) // live pages are never idle
    await page.screenshot({ path: `${folder}/${name}.png` })
  }
  const picture = await page.request.get(bot.url + bot.page + '.png')
  if (picture.ok()) {
    writeFileSync(`${folder}/journey.png`, await picture.body())
  }
} finally {
  await browser.close()
  await bot.stop()
}
