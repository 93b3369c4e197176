import uPlot from 'uplot'
import { color } from './dom.js'

/** The visible time span in seconds. */
const SPAN = 30
/** Points per second. */
const RATE = 10
/** From this many milliseconds on the server counts as frozen. */
export const FROZEN = 250
const HEIGHT = 300

/** The latency of the light route and the delay of the event loop, drawn live, with a band for the time in which the server was frozen. */
export class LiveChart {
  readonly #place: HTMLElement
  readonly #times: number[] = []
  readonly #latencies: number[] = []
  readonly #delays: (number | null)[] = []
  #plot: uPlot

  constructor(place: HTMLElement) {
    this.#place = place
    this.#plot = this.#draw()
    new ResizeObserver(() => this.#plot.setSize(this.#size())).observe(place)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#plot.destroy()
      this.#plot = this.#draw()
    })
  }

  /** Adds a point; `delay` is null while the server does not report. */
  add(latency: number, delay: number | null): void {
    const now = performance.now() / 1000
    this.#times.push(now)
    this.#latencies.push(latency)
    this.#delays.push(delay)
    if (this.#times.length > SPAN * RATE * 2) {
      for (const values of [this.#times, this.#latencies, this.#delays]) values.splice(0, SPAN * RATE)
    }
    this.#plot.setData(this.#data(), false)
    const recent = Math.max(
      50,
      ...this.#latencies.slice(-SPAN * RATE),
      ...this.#delays.slice(-SPAN * RATE).map(Number)
    )
    this.#plot.batch(() => {
      this.#plot.setScale('x', { min: now - SPAN, max: now })
      this.#plot.setScale('y', { min: 0, max: recent * 1.1 })
    })
  }

  #data(): uPlot.AlignedData {
    return [this.#times, this.#latencies, this.#delays]
  }

  #size(): { width: number; height: number } {
    return { width: this.#place.clientWidth, height: HEIGHT }
  }

  #draw(): uPlot {
    const axis = {
      stroke: color('faint'),
      grid: { stroke: color('line'), width: 1 },
      ticks: { stroke: color('line') }
    }
    const now = (): number => this.#times.at(-1) ?? 0
    return new uPlot(
      {
        ...this.#size(),
        cursor: { show: false },
        scales: { x: { time: false }, y: { auto: false } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map(tick => `${Math.round(tick - now())} s`) },
          { ...axis, size: 78, values: (_, ticks) => ticks.map(tick => `${tick} ms`) }
        ],
        series: [
          {},
          { label: 'light route', stroke: color('latency'), width: 2, points: { show: false } },
          { label: 'event loop', stroke: color('delay'), width: 1.5, points: { show: false } }
        ],
        hooks: { drawClear: [plot => this.#bands(plot)] }
      },
      this.#data(),
      this.#place
    )
  }

  #bands(plot: uPlot): void {
    const { ctx, bbox } = plot
    ctx.save()
    ctx.fillStyle = color('frozen')
    const from = plot.scales.x?.min ?? 0
    for (const [begin, end] of this.#frozen()) {
      if (end < from) continue
      const left = plot.valToPos(Math.max(begin, from), 'x', true)
      ctx.fillRect(left, bbox.top, plot.valToPos(end, 'x', true) - left, bbox.height)
    }
    ctx.restore()
  }

  /** The frozen time spans, in seconds. */
  #frozen(): [begin: number, end: number][] {
    const bands: [number, number][] = []
    let wasFrozen = false
    for (const [n, time] of this.#times.entries()) {
      const isFrozen = (this.#latencies[n] ?? 0) >= FROZEN
      const band = bands.at(-1)
      if (isFrozen && wasFrozen && band !== undefined) band[1] = time
      else if (isFrozen) bands.push([time - FROZEN / 1000, time])
      wasFrozen = isFrozen
    }
    return bands
  }
}
