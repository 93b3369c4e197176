import { Logger } from '@nestjs/common'
import type { RequestScope } from '../scope/request-scope.js'

const logger = new Logger('BridgeInterceptor')

/** Whether Nest would stream a handler's result item by item: an async iterable that is not thenable. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false
  const parts = value as {
    [Symbol.asyncIterator]?: unknown
    then?: unknown
    getReader?: unknown
    pipe?: unknown
  }
  if (typeof parts[Symbol.asyncIterator] !== 'function' || typeof parts.then === 'function') return false
  // Node's and the web's own streams stay what they are: Nest knows them, and stops them in their own ways.
  return typeof parts.getReader !== 'function' && typeof parts.pipe !== 'function'
}

/**
 * A handler's stream whose every step runs inside the request's scope: the items, and the `finally` blocks when
 * it is stopped. When the client goes away it is stopped at once, also while a step is pending.
 */
export class ScopedStream implements AsyncIterableIterator<unknown> {
  readonly #scope: RequestScope
  readonly #iterator: AsyncIterator<unknown>
  readonly #release: () => void
  #stopping: Promise<void> | undefined

  constructor(scope: RequestScope, source: AsyncIterable<unknown>) {
    this.#scope = scope
    this.#iterator = scope.run(() => source[Symbol.asyncIterator]())
    this.#release = scope.hold(() => void this.#stop())
    if (scope.isDisconnected) void this.#stop()
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

  // A stream that is stopped has no reader left to throw its errors to.
  #report(error: unknown): void {
    if (!this.#scope.isFromDisconnect(error)) logger.error(error)
  }
}
