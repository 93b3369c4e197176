import { proxy, type RemoteObject } from '@bridge/core'
import { track } from '../live.js'
import { ran } from '../tickets.js'

/** Counts from the number of the call that made it. */
export class Counter {
  static origin(ticket: number): number {
    ran(ticket)
    return ticket
  }

  value: number

  constructor(ticket: number) {
    ran(ticket)
    this.value = ticket
    track(this)
  }

  add(by: number): number {
    this.value += by
    return this.value
  }

  async addLater(by: number): Promise<number> {
    await null
    return this.add(by)
  }

  fork(): RemoteObject<Counter> {
    return proxy(new Counter(this.value))
  }

  self(): this {
    return this
  }

  isSame(other: Counter): boolean {
    return (other as unknown) === this
  }

  *[Symbol.iterator](): Generator<number, void, unknown> {
    for (let n = 0; n < 10; n++) yield this.value + n
  }

  [Symbol.dispose](): void {
    this.value = -1
  }
}

/** Its constructor throws. */
export class Broken {
  constructor(ticket: number) {
    ran(ticket)
    throw Object.assign(new RangeError(`failed ${ticket}`), { ticket })
  }

  use(): number {
    return 0
  }
}

/** The sum of counters, and whether identical ones are still identical. */
export function totalIn(
  ticket: number,
  graph: {
    readonly pair: readonly [Counter, Counter]
    readonly byName: ReadonlyMap<string, { readonly counter: Counter }>
    readonly all: ReadonlySet<Counter>
  }
): readonly [total: number, areOne: boolean] {
  ran(ticket)
  const [first, second] = graph.pair
  const areOne = graph.byName.get('first')?.counter === first && graph.all.has(second) && graph.all.size === 2
  return [first.value + second.value, areOne]
}

/** The sum of counters in a list. */
export function totalOf(ticket: number, counters: readonly Counter[]): number {
  ran(ticket)
  return counters.reduce((total, counter) => total + counter.value, 0)
}
