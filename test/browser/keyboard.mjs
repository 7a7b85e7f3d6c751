// The keyboard alone: every step is a Tab, an Enter or typed text, and whatever has
// the focus shows it.

// tabTo presses Tab until the focused element fits, at most so many times.
async function tabTo(page, what, fits, most = 80) {
  for (let i = 0; i < most; i++) {
    const at = await page.evaluate(() => {
      const e = document.activeElement
      if (!e || e === document.body) return null
      const style = getComputedStyle(e)
      return {
        tag: e.tagName, name: e.getAttribute('name'), href: e.getAttribute('href'), type: e.getAttribute('type'), text: e.textContent.trim(),
        visible: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none',
        form: e.form ? e.form.method + ' ' + new URL(e.form.action).pathname : '', html: e.outerHTML.slice(0, 100),
      }
    })
    if (at && !at.visible) throw new Error(`the focus cannot be seen on ${at.html}`)
    if (at && fits(at)) return at
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never comes to ${what}`)
}

async function enter(page) {
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
}

// byKeyboard signs in, walks the dashboard, has a number shown, and copies one.
export async function byKeyboard(report, browser, bot) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  await report.check('keyboard: sign-in', async () => {
    await page.goto(bot.url + '/admin/login')
    await tabTo(page, 'the token', (e) => e.name === 'token')
    await page.keyboard.type(bot.token)
    await enter(page)
    return new URL(page.url()).pathname === '/admin' ? '' : `it leads to ${page.url()}`
  })
  for (const path of ['/admin/calls', '/admin/chats', '/admin/pushes', '/admin/parcels']) {
    await report.check(`keyboard: to ${path}`, async () => {
      await tabTo(page, path, (e) => e.tag === 'A' && e.href === path)
      await enter(page)
      return new URL(page.url()).pathname === path ? '' : `it leads to ${page.url()}`
    })
  }
  await report.check('keyboard: a parcel shows its number when it is asked for', async () => {
    await tabTo(page, 'a parcel', (e) => e.tag === 'A' && /^\/admin\/parcels\/\d+$/.test(e.href || ''), 160)
    await enter(page)
    const path = new URL(page.url()).pathname
    const shown = () => page.evaluate(() => /\b[A-Z]{0,4}\d{9,}(CN)?\b/.test(document.querySelector('main').innerText))
    if (await shown()) return 'the number is shown before anybody asks'
    await tabTo(page, 'the form', (e) => e.tag === 'BUTTON' && e.form === `post ${path}`, 160)
    await enter(page)
    return await shown() ? '' : 'the number is not shown'
  })
  await report.check('keyboard: the copy button of a parcel page', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: bot.url })
    await page.goto(bot.url + bot.page)
    await tabTo(page, 'the copy button', (e) => e.tag === 'BUTTON' && /复制|複製|copy/i.test(e.text))
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('[role=status]').textContent !== '')
    const [copied, number] = await page.evaluate(async () => [await navigator.clipboard.readText(), document.getElementById('digits').textContent])
    return copied && copied === number.replace(/\s/g, '') ? '' : `${copied} is copied of ${number}`
  })
  await page.close()
}
