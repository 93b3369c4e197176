// Takes the screenshot of the root README and, in a temporary folder, one for each width and colour scheme to check them.
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { browserArguments, browserPath } from './browser.js'

const executablePath = browserPath()
if (executablePath === undefined) {
  console.error('Chromium is missing: apt-get install chromium, or CHROMIUM=/path/to/it')
  process.exit(1)
}
const folder = fileURLToPath(new URL('../../../../docs/images/', import.meta.url))
const pages = mkdtempSync(join(tmpdir(), 'bridge-demo-pages-'))

const server = spawn(process.execPath, [fileURLToPath(new URL('../main.js', import.meta.url))], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit']
})
let url = ''
for await (const chunk of server.stdout) {
  url = /listening on (\S+)/.exec(String(chunk))?.[1] ?? ''
  if (url !== '') break
}
const browser = await chromium.launch({ executablePath, args: [...browserArguments] })
try {
  for (const [name, width, colorScheme] of [
    ['demo', 1280, 'light'],
    ['demo-dark', 1280, 'dark'],
    ['demo-narrow', 390, 'light'],
    ['demo-narrow-dark', 390, 'dark']
  ] as const) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    await page.goto(url)
    await page.locator('#worst-loop td').filter({ hasText: /\d/ }).first().waitFor()
    await page.waitForTimeout(2_000)
    if (name === 'demo') await page.screenshot({ path: join(folder, 'demo.png') })
    await page.screenshot({ path: join(pages, `${name}.png`), fullPage: true })
    await page.close()
  }
  console.log(`${join(folder, 'demo.png')}, and complete pages in ${pages}`)
} finally {
  await browser.close()
  server.kill('SIGTERM')
}
