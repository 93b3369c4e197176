import type { Tick } from '../../live/live-feed.js'
import { byId, milliseconds, sleep } from './dom.js'
import type { LightRoute } from './light-route.js'
import { LiveChart } from './live-chart.js'

type Where = 'pool' | 'loop'

const NAMES: Readonly<Record<Where, string>> = { pool: 'the pool', loop: 'the event loop' }
/** How many reports the page starts by itself. */
const GENTLE = 3
const SEEN = 'race-seen'

/** The same function in two places: buttons, the live chart, and the worst latency of each. */
export class Race {
  readonly #light: LightRoute
  readonly #chart = new LiveChart(byId('chart'))
  readonly #buttons: Readonly<Record<Where, HTMLButtonElement>> = {
    pool: byId('run-pool'),
    loop: byId('run-loop')
  }
  readonly #state = byId('race-state')
  #delay: number | null = null
  #worstDelay = 0

  constructor(light: LightRoute) {
    this.#light = light
    for (const where of ['pool', 'loop'] as const) {
      this.#buttons[where].addEventListener('click', () => void this.run(where, 8))
    }
    setInterval(() => {
      if (document.hidden) return
      this.#chart.add(light.latency, this.#delay)
      this.#delay = null
    }, 100)
  }

  onTick({ delay }: Tick): void {
    this.#delay = delay
    this.#worstDelay = Math.max(this.#worstDelay, delay)
  }

  /** Shows it once by itself. */
  async begin(): Promise<void> {
    if (sessionStorage.getItem(SEEN) !== null) return
    sessionStorage.setItem(SEEN, 'yes')
    await sleep(2_500)
    // Another visitor's reports may run.
    while (!(await this.run('pool', GENTLE))) await sleep(1_000)
    await sleep(1_500)
    while (!(await this.run('loop', GENTLE))) await sleep(1_000)
  }

  /** Runs reports; returns whether they were accepted. */
  async run(where: Where, count: number): Promise<boolean> {
    for (const button of Object.values(this.#buttons)) button.disabled = true
    this.#state.textContent = `${count} reports run on ${NAMES[where]} …`
    this.#light.watch()
    this.#worstDelay = 0
    try {
      const response = await fetch(`/reports?count=${count}&inline=${where === 'loop'}`, { method: 'POST' })
      if (!response.ok) throw new Error(((await response.json()) as { message: string }).message)
      const { took } = (await response.json()) as { took: number }
      // Events that the server could not send while it was frozen arrive afterwards.
      await sleep(400)
      this.#show(where, { latency: this.#light.worst, delay: this.#worstDelay, took })
      this.#state.textContent = `${count} reports on ${NAMES[where]}: the light route waited ${milliseconds(this.#light.worst)} ms at the worst.`
      return true
    } catch (error) {
      this.#state.textContent = `That did not work: ${(error as Error).message}`
      return false
    } finally {
      for (const button of Object.values(this.#buttons)) button.disabled = false
    }
  }

  #show(where: Where, figures: Readonly<Record<string, number>>): void {
    for (const cell of byId(`worst-${where}`).querySelectorAll<HTMLElement>('td')) {
      cell.textContent = milliseconds(figures[cell.dataset.what ?? ''] ?? 0)
    }
  }
}
