import assert from 'node:assert'
import { waitAtMost } from '@bridge/core/internal'

const PATIENCE = 20_000

/** Waits for a promise that must resolve in time. */
export async function comes<T>(promise: Promise<T>, what: string): Promise<T> {
  assert.ok(await waitAtMost(promise, PATIENCE), `${what} did not arrive within ${PATIENCE} ms`)
  return promise
}

/** Collects values in order. */
export class Box<T> {
  readonly all: T[] = []
  readonly #what: string
  #taken = 0
  #onItem: (() => void) | undefined

  constructor(what: string) {
    this.#what = what
  }

  readonly put = (item: T): void => {
    this.all.push(item)
    this.#onItem?.()
  }

  /** The next value that was not taken yet. */
  async next(): Promise<T> {
    if (this.#taken === this.all.length) {
      const came = new Promise<void>(resolve => {
        this.#onItem = resolve
      })
      await comes(came, this.#what)
    }
    return this.all[this.#taken++] as T
  }

  async some(count: number): Promise<T[]> {
    const items: T[] = []
    while (items.length < count) items.push(await this.next())
    return items
  }
}
