import { openStream, type PortStream, serveStream } from '@bridge/iter'
import { expect } from 'vitest'
import { latch, turns } from '../helpers.js'
import { type FakePort, fakePorts } from './fake-port.js'

/** What the source does: so many items, then its end or an error; at once, or each when it is let. */
export interface Script {
  readonly items: number
  readonly ending: 'returns' | 'throws'
  readonly isAsync: boolean
  readonly shape: 'number' | 'row' | 'mixed'
  /** The most items ahead; of 0 each step is ordered, and takes a value. */
  readonly window: number
  /** Whether it catches what is thrown into it, and yields then. */
  readonly catches: boolean
  /** Whether it yields once more when it is returned. */
  readonly isReluctant: boolean
}

/** How a pull was answered. */
type Answer = { item: number } | { done: true } | { error: string } | { reply: string }

/** What a generator yields that is no item of its own: an answer to what was thrown into it, given to it, or returned. */
class Reply {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A stream whose every message the test delivers, and what must hold of it at any time. */
export class System {
  readonly producerPort: FakePort
  readonly consumerPort: FakePort
  readonly stream: PortStream<unknown>
  readonly served: Promise<void>
  readonly answers: Answer[] = []
  readonly pending = new Set<Promise<unknown>>()
  produced = 0
  finallies = 0
  wasStopped = false
  wasDropped = false
  readonly #script: Script
  #credit = 0
  #permits = 0
  #gate = latch()

  constructor(script: Script) {
    this.#script = script
    ;[this.producerPort, this.consumerPort] = fakePorts(message => this.#watch(message))
    this.served = serveStream(this.producerPort, script.isAsync ? this.#later() : this.#now(), {
      lastWords: false
    })
    this.stream = openStream(this.consumerPort, { highWaterMark: script.window, closeTimeout: 5000 })
  }

  /** Lets the asynchronous source make so many items more. */
  permit(items: number): void {
    this.#permits += items
    this.#gate.release()
    this.#gate = latch()
  }

  pull(): void {
    this.#track(this.stream.next())
  }

  stop(): void {
    this.wasStopped = true
    const returned = this.stream.return('bye')
    this.pending.add(returned)
    returned.then(
      () => this.pending.delete(returned),
      () => this.pending.delete(returned)
    )
  }

  throw(): void {
    this.wasDropped = true
    this.#track(this.stream.throw(new Error('thrown')))
  }

  abort(): void {
    this.wasStopped = true
    this.stream.control.abort(new Error('aborted'))
  }

  lose(port: FakePort): void {
    this.wasStopped = true
    port.close()
  }

  /** What must hold at any time. */
  check(): void {
    expect(this.#credit, 'credit').toBeGreaterThanOrEqual(0)
    const items = this.answers.flatMap(answer => ('item' in answer ? [answer.item] : []))
    if (!this.wasDropped) expect(this.produced - items.length).toBeLessThanOrEqual(this.#script.window)
    items.forEach((item, index) => {
      if (this.wasDropped) expect(item).toBeGreaterThan(items[index - 1] ?? -1)
      else expect(item).toBe(index)
    })
    const firstEnd = this.answers.findIndex(answer => !('item' in answer))
    if (firstEnd >= 0) {
      const after = this.answers.slice(firstEnd + 1)
      expect(
        after.filter(answer => 'item' in answer),
        'an item after the end'
      ).toEqual([])
      expect(after.filter(answer => 'error' in answer && answer.error !== 'thrown')).toEqual([])
    }
    expect(this.finallies).toBeLessThanOrEqual(1)
  }

  /** Delivers all there is, lets the source go on, and pulls until the end: nothing may be left waiting. */
  async finish(): Promise<void> {
    this.permit(Infinity)
    for (let quiet = 0; quiet < 3; ) {
      const isBusy = this.producerPort.deliver() || this.consumerPort.deliver()
      await turns(1)
      quiet = isBusy ? 0 : quiet + 1
      const isOver = this.answers.some(answer => !('item' in answer))
      if (quiet === 3 && this.pending.size === 0 && !isOver) {
        this.pull()
        quiet = 0
      }
    }
    this.check()
    expect(this.pending.size, 'left waiting').toBe(0)
    await this.served
    await this.stream.control.ended
    expect(this.finallies).toBe(this.produced > 0 ? 1 : this.finallies)
    const { items, ending } = this.#script
    if (this.wasStopped || this.wasDropped) return
    expect(this.answers.slice(0, items + 1)).toEqual([
      ...Array.from({ length: items }, (_, item) => ({ item })),
      ending === 'returns' ? { done: true } : { error: 'the end' }
    ])
  }

  #track(answer: Promise<IteratorResult<unknown>>): void {
    this.pending.add(answer)
    const settle = (given: Answer): void => {
      this.pending.delete(answer)
      this.answers.push(given)
    }
    answer.then(
      result => settle(result.done === true ? { done: true } : { item: numberOf(result.value) }),
      error => settle({ error: (error as Error).message })
    )
  }

  #watch(message: unknown[]): void {
    const [kind, first, second, third] = message as [number, never, never, never]
    if (kind === 0) this.#credit += second as number
    else if (kind === 1) this.#credit += first as number
    else if (kind === 6) this.#credit -= (second as unknown[]).length
    else if (kind === 7) this.#credit -= (first as Float64Array).length
    else if (kind === 8) this.#credit -= (third as unknown[]).length / (second as unknown[]).length
    // An item that the generator yields to a throw, or to a return, is in place of none.
    if (kind === 2 || kind === 3) this.#credit += 1
    if (this.#credit < 0) throw new Error(`credit below zero: ${this.#credit}`)
  }

  *#now() {
    try {
      for (let n = 0; n < this.#script.items; n++) {
        this.produced++
        yield this.#item(n)
      }
      if (this.#script.ending === 'throws') throw new Error('the end')
    } finally {
      this.finallies++
    }
  }

  async *#later() {
    try {
      for (let n = 0; n < this.#script.items; n++) {
        while (this.#permits <= n) await this.#gate.opened
        this.produced++
        yield this.#item(n)
      }
      if (this.#script.ending === 'throws') throw new Error('the end')
    } finally {
      this.finallies++
    }
  }

  #item(n: number): unknown {
    const { shape } = this.#script
    if (shape === 'number' || (shape === 'mixed' && n % 3 === 0)) return n
    return shape === 'row' || n % 3 === 1 ? { n, text: 'row' } : { n, list: [n] }
  }
}

function numberOf(item: unknown): number {
  return typeof item === 'number' ? item : (item as { n: number }).n
}
