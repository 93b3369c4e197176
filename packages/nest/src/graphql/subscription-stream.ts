import type { RequestScope } from '../scope/request-scope.js'
import type { ScopedStream } from '../stream/scoped-stream.js'

/** The items of a subscription. When the client unsubscribes or disconnects, the pending item's calls are aborted. */
export class SubscriptionStream implements AsyncIterableIterator<unknown> {
  readonly #scope: RequestScope
  readonly #items: ScopedStream

  constructor(scope: RequestScope, items: ScopedStream) {
    this.#scope = scope
    this.#items = items
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<unknown>> {
    return this.#items.next()
  }

  return(): Promise<IteratorResult<unknown>> {
    this.#scope.leave()
    return this.#items.return()
  }
}
