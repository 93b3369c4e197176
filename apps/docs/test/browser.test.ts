import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { browserArguments, browserPath } from './support/browser.js'
import { serve } from './support/serve.js'
import { builtPages, site } from './support/site.js'

const executablePath = browserPath()
/** Outside of CI the site is not tested without Chromium. */
const isMissing = executablePath === undefined && process.env.CI === undefined
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** One page of each kind. */
const PAGES = [
  '',
  'start/service.html',
  'guides/objects.html',
  'coming-from/piscina.html',
  'how-it-works/wire.html',
  'reference/pool.html',
  'api/@bridge/nest/index.html'
]
const FEW = ['', 'guides/errors.html', 'how-it-works/wire.html']

/** Colours depend on the scheme, and layout on the width, so the other two combinations add little. */
const LOOKS = [
  [1280, 'light', PAGES],
  [390, 'dark', PAGES],
  [1280, 'dark', FEW],
  [390, 'light', FEW]
] as const

/** Whether the page's code is running. */
const IS_ALIVE = "document.querySelector('#app')?.__vue_app__ !== undefined"

describe.skipIf(isMissing)('the site in Chromium', () => {
  let browser: Browser
  let server: Server
  let url: string

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('Chromium is missing')
    const served = await serve(site)
    server = served.server
    url = served.url
    browser = await chromium.launch({ executablePath, args: [...browserArguments] })
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  /** Opens a page with this width, and collects the errors of its console. */
  async function open(
    width: number,
    colorScheme: 'light' | 'dark',
    javaScriptEnabled = true
  ): Promise<{ page: Page; faults: string[] }> {
    const viewport = { width, height: 900 }
    const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const faults: string[] = []
    // The listeners live as long as the page.
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
    })
    page.on('pageerror', error => faults.push(error.message))
    page.on('request', request => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) faults.push(request.url())
    })
    return { page, faults }
  }

  async function visit(page: Page, path = ''): Promise<void> {
    await page.goto(`${url}/${path}`)
    await page.waitForFunction(IS_ALIVE)
  }

  test.each(LOOKS)('has no serious accessibility fault, at %i pixels, %s', async (width, scheme, pages) => {
    const { page, faults } = await open(width, scheme)
    for (const path of pages) {
      await visit(page, path)
      const violations = await page.evaluate(`${axe}; axe.run().then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' ')))`)
      expect([path, violations]).toEqual([path, []])
    }
    expect(faults).toEqual([])
  })

  test('is nowhere wider than a phone', async () => {
    const { page, faults } = await open(390, 'light', false)
    for (const { path } of builtPages.filter(({ path }) => !path.startsWith('source'))) {
      await page.goto(`${url}/${path}`, { waitUntil: 'load' })
      const width = await page.evaluate('document.documentElement.scrollWidth')
      expect([path, width]).toEqual([path, 390])
    }
    // The server does not serve missing files.
    expect(faults).toEqual([])
  })

  test('has a bar at the top that is not wider than a tablet', async () => {
    const { page, faults } = await open(800, 'light')
    await visit(page, 'guides/calls.html')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(800)
    expect(faults).toEqual([])
  })

  test.each([
    ['deadlock', /deadlocks/],
    ['piscina', /coming-from\/piscina/],
    ['highWaterMark', /./]
  ])('finds %s, and leads there', async (word, place) => {
    const { page, faults } = await open(1280, 'light')
    await visit(page)
    await page.click('#local-search button')
    await page.fill('#localsearch-input', word)
    const found = page.locator('#localsearch-list [role=option] a').first()
    await found.waitFor()
    await found.click()
    await page.waitForFunction(`location.pathname !== '/'`)
    expect(page.url()).toMatch(place)
    await page.waitForFunction(
      `document.querySelector('.VPDoc')?.textContent.toLowerCase().includes('${word.toLowerCase()}')`
    )
    expect(faults).toEqual([])
  })

  test.each([
    ['how do I stop a stream early', /guides\/streams/],
    ['what happens to running tasks on SIGTERM', /guides\/nest.*#shutdown/],
    ['why is my class instance a plain object', /guides\/values/],
    ['is it safe to run untrusted code', /reference\/security/],
    ['how large a queue', /guides\/tuning/],
    ['how many threads', /guides\/tuning/],
    ['can a call run twice when a worker dies', /machines\/calls/],
    ['update workers to a new version', /machines\/(workers|operating)/]
  ])('answers: %s', async (question, place) => {
    const { page, faults } = await open(1280, 'light')
    await visit(page)
    await page.click('#local-search button')
    await page.fill('#localsearch-input', question)
    const found = page.locator('#localsearch-list [role=option] a').first()
    await found.waitFor()
    expect(await found.getAttribute('href')).toMatch(place)
    expect(faults).toEqual([])
  })

  test('shows the menu and the search on a phone', async () => {
    const { page, faults } = await open(390, 'dark')
    await visit(page, 'guides/calls.html')
    await page.click('.VPLocalNav .menu')
    await page.getByRole('link', { name: 'Deadlocks explained' }).click()
    await page.waitForURL(/deadlocks\.html/)
    await page.click('#local-search button')
    await page.fill('#localsearch-input', 'piscina')
    await page.locator('#localsearch-list [role=option] a').first().waitFor()
    expect(faults).toEqual([])
  })
})
