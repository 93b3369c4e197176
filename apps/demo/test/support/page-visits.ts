import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { browserArguments, browserPath } from '../../src/load/browser.js'
import { type FlightsServer, killFlights, startFlights } from './flights-server.js'

const executablePath = browserPath()

/** Outside of CI the page is not tested without Chromium. */
export const isMissing = executablePath === undefined && process.env.CI === undefined
if (isMissing) console.warn('the page is not tested: apt-get install chromium, or CHROMIUM=/path/to/it')

/** The browser's console message about a status that the page provokes. */
const EXPECTED = /status of 50[34] /

/** A visit of the page. */
export interface Visit {
  readonly page: Page
  /** Errors in the console, and requests to other servers. */
  readonly faults: string[]
  text(id: string): Promise<string>
  /** Waits until the text of an element matches. */
  until(id: string, pattern: RegExp): Promise<RegExpExecArray>
}

export interface VisitOptions {
  readonly isFirst?: boolean
  readonly width?: number
  readonly scheme?: 'light' | 'dark'
}

/** A server and a browser for the tests of a file. */
export function usePage(env: () => NodeJS.ProcessEnv = () => ({})) {
  let folder: string
  let server: FlightsServer
  let browser: Browser

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('Chromium is missing')
    folder = mkdtempSync(join(tmpdir(), 'bridge-demo-test-'))
    server = await startFlights(folder, { THREADS: '1', ...env() })
    browser = await chromium.launch({ executablePath, args: [...browserArguments] })
  })
  afterAll(async () => {
    await browser?.close()
    killFlights()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A separate visitor, for whom the race has already run unless it is the first visit. */
  async function visit(options: VisitOptions = {}): Promise<Visit> {
    const { isFirst = false, width = 1280, scheme = 'light' } = options
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const faults: string[] = []
    page.on('console', message => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) faults.push(message.text())
    })
    page.on('pageerror', error => faults.push(error.message))
    page.on('request', request => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
        faults.push(request.url())
    })
    if (!isFirst) await page.addInitScript("sessionStorage.setItem('race-seen', 'yes')")
    await page.goto(server.url)
    const text = async (id: string) => (await page.textContent(`#${id}`)) ?? ''
    return {
      page,
      faults,
      text,
      async until(id, pattern) {
        await page.locator(`#${id}`).filter({ hasText: pattern }).waitFor({ state: 'attached' })
        return pattern.exec(await text(id)) as RegExpExecArray
      }
    }
  }

  return {
    visit,
    getJson: async <T>(path: string) => (await (await fetch(server.url + path)).json()) as T
  }
}

/** A number on the page. */
export const number = (figure: string | undefined) => Number(figure?.replace(/,/g, ''))
