import { checkMilliseconds } from '../check.js'
import { CallAbortedError } from '../errors/errors.js'
import type { Run } from '../executor/executor.js'
import { inspect } from '../node.js'
import { ignore } from '../promise.js'
import { adapted } from '../stream/stream.js'
import type { CallTarget } from './target.js'
import type { Future } from './types.js'

/** The one implementation of `Future`. */
export class RunFuture<T> implements Future<T> {
  readonly [Symbol.toStringTag] = 'Future'
  readonly #target: CallTarget
  readonly #run: Run
  /** Returns the promise, and marks its outcome as handled. */
  readonly #look: () => Promise<T>
  /** Reports its outcome to a tracer. */
  readonly #traced: (outcome: unknown) => unknown

  constructor(target: CallTarget, run: Run, look: () => Promise<T>, traced: (outcome: unknown) => unknown) {
    this.#target = target
    this.#run = run
    this.#look = look
    this.#traced = traced
  }

  // biome-ignore lint/suspicious/noThenProperty: a Future is a Promise
  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    return this.#await().then(onfulfilled, onrejected)
  }

  catch<B = never>(onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#await().catch(onrejected)
  }

  finally(onfinally?: (() => void) | null): Promise<T> {
    return this.#await().finally(onfinally)
  }

  waitSync(timeout?: number): T {
    checkMilliseconds('waitSync()', 'timeout', timeout)
    // The waiting caller gets the error here; it must not be reported again as an unhandled rejection.
    this.#look().catch(ignore)
    return adapted(this.#target, this.#traced(this.#run.waitSync(timeout))) as T
  }

  cancel(reason?: unknown): void {
    this.#run.cancel(
      reason === undefined ? new CallAbortedError(`${this.#target.name}() was cancelled`) : reason
    )
  }

  #await(): Promise<T> {
    this.#run.onAwaited?.()
    return this.#look()
  }

  [inspect.custom](): string {
    return `Future ${this.#target.name}`
  }
}
