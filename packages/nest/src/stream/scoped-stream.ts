import { types } from 'node:util'
import { Logger } from '@nestjs/common'
import type { RequestScope } from '../scope/request-scope.js'

const logger = new Logger('BridgeInterceptor')

/** A value that is sent item by item. */
export type Streamed = AsyncIterable<unknown> | Iterable<unknown>

/** Whether a handler's result is sent item by item: an async iterable that is not thenable, or a generator of any kind. */
export function isStream(value: unknown): value is Streamed {
  if (typeof value !== 'object' || value === null) return false
  // The object that `@WithBridge` makes of a generator inherits from it.
  if (types.isGeneratorObject(value) || types.isGeneratorObject(Object.getPrototypeOf(value))) return true
  const parts = value as {
    [Symbol.asyncIterator]?: unknown
    then?: unknown
    getReader?: unknown
    pipe?: unknown
  }
  if (typeof parts[Symbol.asyncIterator] !== 'function' || typeof parts.then === 'function') return false
  // Node's and the web's own streams are left to Nest, which knows how to stop them.
  return typeof parts.getReader !== 'function' && typeof parts.pipe !== 'function'
}

// As in the language itself, items are awaited.
async function* awaitingItems(source: Iterable<unknown>): AsyncGenerator<unknown> {
  yield* source
}

function asAsync(source: Streamed): AsyncIterable<unknown> {
  return Symbol.asyncIterator in source ? source : awaitingItems(source)
}

/**
 * A handler's stream whose every step runs in the request's scope: the items, and the `finally` blocks when it is stopped.
 * When the client disconnects it is stopped at once, also while a step is pending.
 */
export class ScopedStream implements AsyncIterableIterator<unknown> {
  readonly #scope: RequestScope
  readonly #iterator: AsyncIterator<unknown>
  readonly #release: () => void
  #stopping: Promise<void> | undefined

  constructor(scope: RequestScope, source: Streamed) {
    this.#scope = scope
    this.#iterator = scope.run(() => asAsync(source)[Symbol.asyncIterator]())
    this.#release = scope.hold(() => void this.#stop())
    if (scope.isOver) void this.#stop()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#stopping !== undefined) return { done: true, value: undefined }
    try {
      const step = await this.#scope.run(() => this.#iterator.next())
      if (step.done === true) this.#release()
      return step
    } catch (error) {
      this.#release()
      if (this.#stopping === undefined) throw this.#scope.toException(error)
      this.#report(error)
      return { done: true, value: undefined }
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    await this.#stop()
    return { done: true, value: undefined }
  }

  #stop(): Promise<void> {
    this.#stopping ??= this.#scope.run(async () => {
      try {
        await this.#iterator.return?.()
      } catch (error) {
        this.#report(error)
      } finally {
        this.#release()
      }
    })
    return this.#stopping
  }

  // A stopped stream has no reader to which it could throw its errors.
  #report(error: unknown): void {
    if (!this.#scope.isFromDisconnect(error)) logger.error(error)
  }
}
