// What is judged of one page.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// Pages may have so many bytes on the wire, pictures apart.
const budget = 60 * 1024

// watch notes what a page says and fetches. Chromium itself reports a document's
// status of 400 and more on the console; that of expected is none of the page's errors.
export async function watch(page, url, expected) {
  const seen = { errors: [], elsewhere: [], bytes: 0 }
  page.on('console', (message) => {
    const status = /status of (\d+)/.exec(message.text())
    if (message.type() === 'error' && !(status && expected.includes(Number(status[1])))) seen.errors.push(message.text())
  })
  page.on('pageerror', (error) => seen.errors.push(String(error)))
  page.on('request', (request) => {
    const at = new URL(request.url())
    if (at.origin !== url && !['data:', 'blob:'].includes(at.protocol)) seen.elsewhere.push(request.url())
  })
  const wire = await page.context().newCDPSession(page)
  const pictures = new Set()
  await wire.send('Network.enable')
  wire.on('Network.responseReceived', (event) => { if (event.type === 'Image') pictures.add(event.requestId) })
  wire.on('Network.loadingFinished', (event) => { if (!pictures.has(event.requestId)) seen.bytes += event.encodedDataLength })
  return seen
}

// open goes to a page and waits until it is still.
export async function open(page, address) {
  const response = await page.goto(address, { waitUntil: 'load' })
  await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => {}) // live pages are never idle
  return response
}

// judge looks at one page, which has been opened: first at what it sent, then at what
// it looks like in every size and scheme. shot is called with each.
export async function judge(report, name, page, seen, response, want, shot) {
  await report.check(`${name}: status ${want}`, () => response.status() === want ? '' : `it is ${response.status()}`)
  await report.check(`${name}: headers`, () => headers(response.headers()))
  await report.check(`${name}: under 60 KB`, () => seen.bytes <= budget ? '' : `${seen.bytes} bytes`)
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const at = `${name} ${width} ${colorScheme}`
      await report.check(`${at}: fits the window`, () => overflow(page))
      await report.check(`${at}: axe`, () => violations(page, colorScheme === 'dark' ? ['color-contrast', 'link-in-text-block'] : undefined))
      await shot(width, colorScheme)
    }
  }
  await report.check(`${name}: nothing on the console`, () => seen.errors.join(' | '))
  await report.check(`${name}: no request elsewhere`, () => seen.elsewhere.join(' | '))
}

// overflow is what is wider than the window.
function overflow(page) {
  return page.evaluate(() => {
    const html = document.documentElement
    if (html.scrollWidth <= html.clientWidth && document.body.scrollWidth <= html.clientWidth) return ''
    const wide = [...document.body.querySelectorAll('*')].find((e) => e.getBoundingClientRect().right > html.clientWidth + 1)
    return `it is ${html.scrollWidth} wide in ${html.clientWidth}: ${wide ? wide.outerHTML.slice(0, 120) : 'no element'}`
  })
}

// violations are axe's, by all rules or by some, in one line. It is evaluated from outside, because the page
// itself lets no foreign script in.
async function violations(page, rules) {
  await page.evaluate(axe)
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) }
  const result = await page.evaluate((options) => window.axe.run(document, options), options)
  return result.violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 2).map((n) => n.target.join(' ') + ' ' + n.any.map((a) => a.message).join('; ')).join(', ')}`).join(' | ')
}

// headers are what every page must send.
function headers(h) {
  const wrong = []
  const policy = h['content-security-policy'] || ''
  if (!/default-src '(none|self)'/.test(policy) || /unsafe|\*|https?:/.test(policy.replace(/frame-ancestors[^;]*/, ''))) wrong.push(`content-security-policy: ${policy}`)
  for (const [name, want] of [['referrer-policy', 'no-referrer'], ['x-robots-tag', 'noindex'], ['cache-control', 'no-store']]) {
    if (!(h[name] || '').includes(want)) wrong.push(`${name}: ${h[name]}`)
  }
  return wrong.join(' | ')
}

// contents are what a page shows, to be compared with and without scripts.
export function contents(page) {
  return page.evaluate(() => ({
    figures: [...document.querySelectorAll('[data-figure]')].map((e) => e.getAttribute('data-figure')).sort(),
    headings: [...document.querySelectorAll('h1, h2')].map((e) => e.textContent.trim()),
    rows: document.querySelectorAll('tr, li').length,
    words: document.querySelector('main').innerText.replace(/\s+/g, ' ').length,
  }))
}
