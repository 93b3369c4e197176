import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { isMissing, number, usePage } from './support/page-visits.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

describe.skipIf(isMissing)('the page in Chromium', () => {
  const { visit, getJson } = usePage()

  test('shows the code of the source, whose switch changes one word', async () => {
    const { page, faults } = await visit()
    const marked = () => page.textContent('#code-parts mark')
    const code = () => page.textContent('#code-parts')
    await page.waitForSelector('#code-parts mark')
    expect(await marked()).toBe('this.tasks')
    expect(await code()).not.toContain('new FlightTasks(inline)')
    const [{ code: task } = { code: '' }] = await getJson<{ code: string }[]>('/code')
    expect(await code()).toContain(task)
    await page.click('#code-inline')
    expect(await marked()).toBe('this.#onTheLoop')
    expect(await code()).toContain('new FlightTasks(inline)')
    expect(await page.getAttribute('#code-inline', 'aria-pressed')).toBe('true')
    expect(faults).toEqual([])
  })

  test('streams all rows, and shows how many were made and read', async () => {
    const { page, faults, until } = await visit()
    await page.click('#stream-start')
    const [, made, read] = await until('stream-result', /Complete: made ([\d,]+), read ([\d,]+)/)
    expect([number(made), number(read)]).toEqual([200_000, 200_000])
    expect(await page.getAttribute('#stream-progress', 'max')).toBe('200000')
    expect(faults).toEqual([])
  })

  test('stops a stream that is read slowly, and shows when its finally ran', async () => {
    const { page, faults, until } = await visit()
    await page.locator('#speed').press('Home')
    await until('speed-value', /^270 rows a second/)
    await page.click('#stream-start')
    await until('stream-state', /[1-9][\d,]* rows, /)
    await page.click('#stream-stop')
    const [, made, read] = await until(
      'stream-result',
      /made ([\d,]+), read ([\d,]+), its finally ran, after [\d,.]+ ms/
    )
    expect(number(made)).toBeLessThan(200_000)
    expect(number(read)).toBeGreaterThan(0)
    expect(number(read)).toBeLessThanOrEqual(number(made))
    expect(faults).toEqual([])
  })

  test('terminates a thread at the deadline of its slider', async () => {
    const { page, faults, until } = await visit()
    const { thread } = await getJson<{ thread: number }>('/thread')
    await until('threads-state', /alive/)
    await page.locator('#deadline').fill('100')
    await until('deadline-value', /^100 ms/)
    await page.click('#slow')
    const [, took, before, after] = await until(
      'limits-result',
      /504 after ([\d,]+) ms: thread (\d+) was terminated and replaced by thread (\d+)/
    )
    expect(number(took)).toBeGreaterThanOrEqual(95)
    expect(number(before)).toBe(thread)
    expect((await getJson<{ thread: number }>('/thread')).thread).toBe(number(after))
    await until('threads-state', new RegExp(`lost: .*thread ${before}`))
    expect(faults).toEqual([])
  })

  test('ends a worker in the middle of a call, and the next request is served', async () => {
    const { page, faults, until } = await visit()
    await until('threads-state', /alive/)
    await page.click('#crash')
    const [, before, after] = await until(
      'limits-result',
      /503: thread (\d+) has exited.*served by thread (\d+)/
    )
    expect(number(after)).toBeGreaterThan(number(before))
    await until('threads-state', new RegExp(`lost: .*thread ${before}`))
    expect(faults).toEqual([])
  })

  test('shows a request with its spans and lines, from both threads', async () => {
    const { page, faults, until, text } = await visit()
    await page.click('#trace-run')
    await until('trace-state', /Request \S+: 5 spans of trace/)
    const names = await page.locator('#spans li > span:first-child').allTextContents()
    expect(names.map(name => /^(GET \/trace|bridge\.call \w+|callback|sqlite)/.exec(name)?.[1])).toEqual([
      'GET /trace',
      'bridge.call lateFlights',
      expect.stringContaining('bridge.call'),
      'callback',
      'sqlite'
    ])
    expect(await text('lines')).toMatch(/main thread.*worker \d+/)
    expect(faults).toEqual([])
  })

  test("shows the API's delays by hour", async () => {
    const { page, faults } = await visit()
    const delays =
      await getJson<{ group: number; mean: number; range: [number, number] }[]>('/delays?by=hour')
    await page.waitForSelector('#bars li:nth-child(24)')
    const titles = await page.locator('#bars .hidden').allTextContents()
    expect(titles.map(title => title.replace(/, of .*/, ''))).toEqual(
      delays.map(
        ({ group, mean, range: [low, high] }) => `${group} o'clock: ${mean} minutes (${low} to ${high})`
      )
    )
    expect(faults).toEqual([])
  })

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark']
  ] as const)(
    'has no serious fault for those who use it otherwise, at %i pixels, %s',
    async (width, scheme) => {
      const { page, faults } = await visit({ width, scheme })
      await page.waitForSelector('#bars li:nth-child(24)')
      await page.waitForSelector('#code-parts mark')
      await page.click('#trace-run')
      await page.waitForSelector('#spans li:nth-child(5)')
      // The page's policy allows no other scripts, so axe is run from outside.
      const violations = await page.evaluate(`${axe}; axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`)
      expect(violations).toEqual([])
      // Nothing is wider than the window.
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect(faults).toEqual([])
    }
  )

  test('can be used by keyboard: every control is reached, in the order of the page', async () => {
    const { page, faults } = await visit()
    await page.waitForSelector('#code-parts mark')
    const reached: string[] = []
    for (let n = 0; n < 30; n++) {
      await page.keyboard.press('Tab')
      const id = (await page.evaluate('document.activeElement.id')) as string
      if (id !== '') reached.push(id)
    }
    expect(reached.filter((id, n) => reached.indexOf(id) === n)).toEqual([
      'run-pool',
      'run-loop',
      'code-pool',
      'code-inline',
      'speed',
      'stream-start',
      'deadline',
      'slow',
      'crash',
      'trace-run'
    ])
    expect(faults).toEqual([])
  })
})
