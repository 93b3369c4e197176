import { describe, expect, test } from 'vitest'
import { isMissing, number, usePage } from './support/page-visits.js'

describe.skipIf(isMissing)('the page in Chromium, on the first visit', () => {
  const { visit } = usePage()

  test('runs the race by itself: the light route waits for the event loop, and not for the pool', async () => {
    const { page, faults, until } = await visit({ isFirst: true })
    await until('worst-loop', /\d/)
    const worst = async (where: string) =>
      number((await page.textContent(`#worst-${where} [data-what=latency]`)) ?? '')
    expect((await worst('pool')) / (await worst('loop'))).toBeLessThan(0.2)
    // It stays, and does not start again.
    await page.reload()
    await until('race-state', /Measuring/)
    expect(faults).toEqual([])
  })

  test.each([
    ['pool', 'the pool'],
    ['loop', 'the event loop']
  ])('runs eight reports where its button says: %s', async (where, name) => {
    const { page, faults, until } = await visit()
    await page.click(`#run-${where}`)
    await until('race-state', new RegExp(`8 reports run on ${name}`))
    expect(await page.isDisabled('#run-pool')).toBe(true)
    await until('race-state', new RegExp(`8 reports on ${name}: the light route waited [\\d,.]+ ms`))
    await until(`worst-${where}`, /\d/)
    expect(await page.isDisabled('#run-pool')).toBe(false)
    expect(faults).toEqual([])
  })
})
