import { checkFunction, checkMilliseconds, checkOptions, type Steps, stepsOf } from '@bridge/core/internal'
import { ClockSampler } from '../pacing/clock-sampler.js'
import { nextTurn } from '../pacing/turn.js'
import { awaitItem, isPromise } from '../producer/step.js'

/** Options of `toAsync`. */
export interface ToAsyncOptions {
  /** Milliseconds that the iterable may run before the event loop turns; 5 by default. */
  budget?: number | undefined
}

/**
 * Iterates a synchronous iterable on this thread in slices, so that the event loop stays live: timers, sockets and other
 * streams have their turn after each `budget` milliseconds. A single step that takes longer cannot be interrupted. Items
 * that are promises are awaited, as by `for await`: if one rejects, the iterable is closed.
 *
 * @throws InvalidArgumentError when `iterable` has no `Symbol.iterator`, or `budget` is invalid.
 * @example
 * ```ts
 * for await (const row of toAsync(parse(text), { budget: 8 })) rows.push(row)
 * ```
 */
export function toAsync<T, R = unknown>(
  iterable: Iterable<T, R>,
  options: ToAsyncOptions = {}
): AsyncIterableIterator<Awaited<T>, Awaited<R>> {
  checkFunction(
    'toAsync()',
    'iterable[Symbol.iterator]',
    (iterable as Partial<Iterable<T>>)?.[Symbol.iterator]
  )
  checkOptions('toAsync()', options, ['budget'])
  checkMilliseconds('toAsync()', 'budget', options.budget)
  const iterator = iterable[Symbol.iterator]() as Iterator<Awaited<T>, Awaited<R>, unknown>
  return new Sliced(iterator, options.budget ?? 5)
}

/** An iterator, and when it has last let the event loop turn. */
class Sliced<T, R> implements AsyncIterableIterator<T, R> {
  readonly #iterator: Iterator<T, R, unknown>
  readonly #budget: number
  readonly #sampler = new ClockSampler(32)
  #sliceEnds = 0
  /** The last pull that waits for the event loop; later pulls keep their order. */
  #turn: Promise<void> | undefined

  constructor(iterator: Iterator<T, R, unknown>, budget: number) {
    this.#iterator = iterator
    this.#budget = budget
  }

  next(value?: unknown): Promise<IteratorResult<T, R>> {
    if (this.#turn !== undefined) return this.#turn.then(() => this.#step(value))
    if (this.#sampler.count(1) && this.#isOver(this.#sampler.sample())) {
      this.#turn = nextTurn().then(() => {
        this.#turn = undefined
        this.#sliceEnds = performance.now() + this.#budget
      })
      return this.#turn.then(() => this.#step(value))
    }
    try {
      const result = this.#iterator.next(value)
      return isPromise(result.value) ? awaitItem(result, this.#iterator) : Promise.resolve(result)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async return(value?: R): Promise<IteratorResult<T, R>> {
    await this.#turn
    const result = this.#iterator.return?.(value) ?? { done: true, value: value as R }
    return { done: result.done, value: await result.value } as IteratorResult<T, R>
  }

  async throw(error: unknown): Promise<IteratorResult<T, R>> {
    await this.#turn
    const { throw: thrown } = stepsOf(this.#iterator) as Steps<IteratorResult<T, R>>
    return awaitItem(thrown(error), this.#iterator)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #isOver(time: number): boolean {
    if (this.#sliceEnds === 0) this.#sliceEnds = time + this.#budget
    return time >= this.#sliceEnds
  }

  #step(value: unknown): IteratorResult<T, R> | Promise<IteratorResult<T, R>> {
    const result = this.#iterator.next(value)
    return isPromise(result.value) ? awaitItem(result, this.#iterator) : result
  }
}
