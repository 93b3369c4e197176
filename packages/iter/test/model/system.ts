import { openStream, type PortStream, serveStream } from '@bridge/iter'
import { expect } from 'vitest'
import { latch, turns } from '../helpers.js'
import { type FakePort, fakePorts } from './fake-port.js'

/** What the source does: a number of items, then its end or an error; synchronously, or each when the test allows it. */
export interface Script {
  readonly items: number
  readonly ending: 'returns' | 'throws'
  readonly isAsync: boolean
  readonly shape: 'number' | 'row' | 'mixed'
  /** The maximum number of items ahead; with 0 each step is requested, and may have a value. */
  readonly window: number
  /** Whether it catches errors that are thrown into it, and yields an item. */
  readonly catches: boolean
  /** Whether it yields once more when it is returned. */
  readonly isReluctant: boolean
}

/** How a pull was answered; `reply` is the source's reaction to a value, an error or a return. */
type Answer = { item: number } | { reply: string } | { done: true } | { error: string }

/** A stream whose messages are delivered by the test, and its invariants. */
export class System {
  readonly producerPort: FakePort
  readonly consumerPort: FakePort
  readonly stream: PortStream<unknown>
  readonly served: Promise<void>
  readonly answers: Answer[] = []
  /** How the throws were answered, and the returns. */
  readonly orders: Answer[] = []
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
      reportThreadExit: false
    })
    const { window } = script
    this.stream = openStream(this.consumerPort, {
      highWaterMark: window,
      twoWay: window === 0,
      closeTimeout: 5000
    })
  }

  /** Allows the asynchronous source to make more items. */
  permit(items: number): void {
    this.#permits += items
    this.#gate.release()
    this.#gate = latch()
  }

  pull(): void {
    this.#track(this.stream.next(), this.answers)
  }

  /** Pulls with a value, which only a stepped source takes. */
  give(): void {
    this.#track(this.stream.next('value'), this.#script.window === 0 ? this.answers : [])
  }

  stop(value?: string): void {
    this.wasStopped = true
    this.#track(this.stream.return(value), this.orders)
  }

  throw(): void {
    this.wasDropped = true
    this.#track(this.stream.throw(new Error('thrown')), this.orders)
  }

  abort(): void {
    this.wasStopped = true
    this.stream.control.abort(new Error('aborted'))
  }

  lose(port: FakePort): void {
    this.wasStopped = true
    port.close()
  }

  /** The invariants. */
  check(): void {
    expect(this.#credit, 'credit').toBeGreaterThanOrEqual(0)
    const items = this.answers.flatMap(answer => ('item' in answer ? [answer.item] : []))
    const pulled = this.answers.length + this.pending.size
    if (!this.wasDropped)
      expect(this.produced).toBeLessThanOrEqual(Math.max(pulled, items.length + this.#script.window))
    items.forEach((item, index) => {
      if (this.wasDropped) expect(item).toBeGreaterThan(items[index - 1] ?? -1)
      else expect(item).toBe(index)
    })
    // The answer to a command is never an item that was on its way.
    expect(
      this.orders.filter(answer => 'item' in answer),
      'an item for an order'
    ).toEqual([])
    const firstEnd = this.answers.findIndex(answer => 'done' in answer || 'error' in answer)
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

  /**
   * Delivers everything, lets the source continue, and pulls until the end: no call may stay pending. A source that is idle
   * forever must not block a consumer that has stopped it: it is only allowed to continue when all of these have settled.
   */
  async finish(): Promise<void> {
    const { isReluctant } = this.#script
    let isClosed = false
    if (!this.wasStopped) this.permit(Infinity)
    for (let quiet = 0; quiet < 3; ) {
      const isBusy = this.producerPort.deliver() || this.consumerPort.deliver()
      await turns(1)
      quiet = isBusy ? 0 : quiet + 1
      const isOver = this.answers.some(answer => 'done' in answer || 'error' in answer)
      if (quiet < 3) continue
      if (this.#permits !== Infinity && (this.pending.size === 0 || !this.#isLeft)) {
        this.permit(Infinity)
        quiet = 0
      } else if (this.pending.size === 0 && !isOver) {
        this.pull()
        quiet = 0
      } else if (isReluctant && !isClosed) {
        // A source that was returned with a value stays in its finally.
        this.stop()
        isClosed = true
        quiet = 0
      }
    }
    this.check()
    expect(this.pending.size, 'left waiting').toBe(0)
    await settled(this.served, 'the producer')
    await settled(this.stream.control.ended, 'the consumer')
    expect(this.finallies).toBe(this.produced > 0 ? 1 : this.finallies)
    const { items, ending } = this.#script
    if (this.wasStopped || this.wasDropped || isReluctant) return
    const given = this.answers.filter(answer => !('reply' in answer))
    expect(given.slice(0, items + 1)).toEqual([
      ...Array.from({ length: items }, (_, item) => ({ item })),
      ending === 'returns' ? { done: true } : { error: 'the end' }
    ])
  }

  /** A throw waits for the step before it, as in the language; all other ways to end release pending pulls. */
  get #isLeft(): boolean {
    return this.wasStopped && !this.wasDropped
  }

  #track(answer: Promise<IteratorResult<unknown>>, answers: Answer[]): void {
    this.pending.add(answer)
    const settle = (given: Answer): void => {
      this.pending.delete(answer)
      answers.push(given)
    }
    answer.then(
      ({ done, value }) => settle(done === true ? { done } : answerOf(value)),
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
    // A step, and an item that the generator yields after a throw or a return, do not use credit.
    if (kind >= 2 && kind <= 5) this.#credit += 1
    if (this.#credit < 0) throw new Error(`credit below zero: ${this.#credit}`)
  }

  *#now(): Generator<unknown, void, unknown> {
    let isOver = false
    try {
      for (let n = 0; n < this.#script.items; n++) {
        this.produced++
        yield* this.#step(this.#item(n))
      }
      isOver = true
      if (this.#script.ending === 'throws') throw new Error('the end')
    } finally {
      this.finallies++
      if (this.#script.isReluctant && !isOver) yield 'returned'
    }
  }

  async *#later(): AsyncGenerator<unknown, void, unknown> {
    let isOver = false
    try {
      for (let n = 0; n < this.#script.items; n++) {
        while (this.#permits <= n) await this.#gate.opened
        this.produced++
        yield* this.#step(this.#item(n))
      }
      isOver = true
      if (this.#script.ending === 'throws') throw new Error('the end')
    } finally {
      this.finallies++
      if (this.#script.isReluctant && !isOver) yield 'returned'
    }
  }

  /** Yields an item, and reacts to what is sent back. */
  *#step(item: unknown): Generator<unknown, void, unknown> {
    for (let next = item; ; ) {
      try {
        const given = yield next
        if (given === undefined) return
        next = 'given'
      } catch (error) {
        if (!this.#script.catches) throw error
        next = 'caught'
      }
    }
  }

  #item(n: number): unknown {
    const { shape } = this.#script
    if (shape === 'number' || (shape === 'mixed' && n % 3 === 0)) return n
    return shape === 'row' || n % 3 === 1 ? { n, text: 'row' } : { n, list: [n] }
  }
}

/** A promise that settles within some turns, because everything has been delivered. */
async function settled(promise: Promise<void>, what: string): Promise<void> {
  let isSettled = false
  void promise.then(() => {
    isSettled = true
  })
  for (let turn = 0; turn < 20 && !isSettled; turn++) await turns(1)
  expect(isSettled, `${what} has ended`).toBe(true)
}

function answerOf(value: unknown): Answer {
  if (typeof value === 'string') return { reply: value }
  return { item: typeof value === 'number' ? value : (value as { n: number }).n }
}
