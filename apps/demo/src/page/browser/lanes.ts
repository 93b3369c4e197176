import type { EndedCall, ThreadEvent, Tick } from '../../live/live-feed.js'
import { byId, color } from './dom.js'

/** The visible time span in milliseconds. */
const SPAN = 30_000
const LANE = 26
const QUEUE = 44
const LABEL = 92
const ORDERLY: readonly (string | undefined)[] = ['idle', 'closed', 'recycled']

interface Lane {
  readonly thread: number
  readonly pool: string
  readonly started: number
  ended: number | undefined
  isLost: boolean
  readonly calls: EndedCall[]
}

/** A lane for each thread, drawn live: one block for each call, and below the number of waiting calls. */
export class Lanes {
  readonly #canvas = byId<HTMLCanvasElement>('lanes')
  readonly #state = byId('threads-state')
  readonly #lanes = new Map<number, Lane>()
  readonly #queue: { at: number; queued: number }[] = []
  /** The server's clock minus this browser's. */
  #ahead = 0

  start(): void {
    setInterval(() => {
      if (!document.hidden) this.#draw()
    }, 100)
  }

  onTick({ at, pools }: Tick): void {
    this.#ahead = at - performance.now()
    this.#queue.push({ at, queued: pools.reduce((sum, { queued }) => sum + queued, 0) })
    while ((this.#queue[0]?.at ?? at) < at - SPAN) this.#queue.shift()
    const alive = new Set<number>()
    for (const { name, threads } of pools) {
      for (const thread of threads) {
        alive.add(thread)
        this.#laneOf(thread, name, at)
      }
    }
    for (const lane of this.#lanes.values()) {
      if (!alive.has(lane.thread)) lane.ended ??= at
      if ((lane.ended ?? at) < at - SPAN) this.#lanes.delete(lane.thread)
      while (lane.calls[0] !== undefined && lane.calls[0].at < at - SPAN) lane.calls.shift()
    }
    this.#summarize(alive.size)
  }

  onCall(call: EndedCall): void {
    if (call.thread !== undefined)
      this.#laneOf(call.thread, call.executor, call.at - call.run).calls.push(call)
  }

  onThread({ at, pool, thread, event, cause }: ThreadEvent): void {
    const lane = this.#laneOf(thread, pool, at)
    if (event === 'started') return
    lane.ended = at
    lane.isLost = !ORDERLY.includes(cause)
  }

  #laneOf(thread: number, pool: string, started: number): Lane {
    const lane = this.#lanes.get(thread) ?? {
      thread,
      pool,
      started,
      ended: undefined,
      isLost: false,
      calls: []
    }
    this.#lanes.set(thread, lane)
    return lane
  }

  #summarize(alive: number): void {
    const lost = [...this.#lanes.values()].filter(lane => lane.isLost).map(lane => lane.thread)
    const calls = [...this.#lanes.values()].reduce((sum, lane) => sum + lane.calls.length, 0)
    const text = `${alive === 1 ? '1 thread is' : `${alive} threads are`} alive; ${calls} calls have ended in the last 30 seconds${
      lost.length === 0 ? '' : `; lost: thread ${lost.join(', thread ')}`
    }.`
    if (this.#state.textContent !== text) this.#state.textContent = text
  }

  #draw(): void {
    const lanes = [...this.#lanes.values()].sort((one, other) => one.thread - other.thread)
    const ratio = devicePixelRatio
    const width = this.#canvas.clientWidth
    const height = Math.max(2, lanes.length) * LANE + QUEUE + 16
    this.#canvas.style.height = `${height}px`
    this.#canvas.width = width * ratio
    this.#canvas.height = height * ratio
    const context = this.#canvas.getContext('2d')
    if (context === null) return
    context.scale(ratio, ratio)
    context.font = '12px system-ui, sans-serif'
    context.textBaseline = 'middle'
    const now = performance.now() + this.#ahead
    const x = (at: number): number =>
      Math.max(LABEL, LABEL + ((at - now + SPAN) / SPAN) * (width - LABEL - 8))
    lanes.forEach((lane, n) => {
      const y = 8 + n * LANE
      context.fillStyle = color(lane.isLost ? 'bad' : 'faint')
      context.fillText(`${lane.thread} ${lane.pool}`, 8, y + LANE / 2)
      context.fillStyle = color('line')
      const [from, to] = [x(lane.started), x(lane.ended ?? now)]
      context.fillRect(from, y + LANE / 2 - 1, to - from, 2)
      for (const call of lane.calls) {
        context.fillStyle = color(colorOf(call))
        const begin = x(call.at - call.run)
        context.fillRect(begin, y + 4, Math.max(2, x(call.at) - begin), LANE - 8)
      }
      if (!lane.isLost || lane.ended === undefined) return
      context.fillStyle = color('bad')
      context.fillRect(x(lane.ended) - 2, y + 1, 4, LANE - 2)
    })
    this.#drawQueue(context, x, now, height)
  }

  #drawQueue(
    context: CanvasRenderingContext2D,
    x: (at: number) => number,
    now: number,
    height: number
  ): void {
    const most = Math.max(8, ...this.#queue.map(({ queued }) => queued))
    const base = height - 8
    context.fillStyle = color('faint')
    context.fillText('calls that wait', 8, base - 10)
    context.fillStyle = color('delay')
    this.#queue.forEach(({ at, queued }, n) => {
      const until = this.#queue[n + 1]?.at ?? now
      const tall = (queued / most) * (QUEUE - 12)
      context.fillRect(x(at), base - tall, x(until) - x(at) + 0.5, tall)
    })
  }
}

/** A call that its caller has cancelled is not a failure. */
function colorOf({ error }: EndedCall): string {
  if (error === 'BRIDGE_ABORTED') return 'faint'
  return error === undefined ? 'call' : 'bad'
}
