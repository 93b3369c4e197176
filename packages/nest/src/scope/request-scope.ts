import { AsyncResource } from 'node:async_hooks'
import { type RequestContext, requestContext } from '@bridge/context'
import { CallAbortedError } from '@bridge/core'
import { currentScope, hideOwnFrames, ScopeCell } from '@bridge/core/internal'
import { ClientClosedRequestException } from './errors.js'

/** Options of a request scope. */
export interface RequestScopeOptions {
  readonly context: RequestContext
  /** Milliseconds the calls of the request may take together; `undefined` or `Infinity` for no limit. */
  readonly deadline: number | undefined
  /**
   * Watches the client: calls `leave` when it disconnects and `finish` when it has the response; returns a function that
   * stops watching.
   */
  readonly watch: (scope: RequestScope) => () => void
  /** Maps an error of a call to the error for filters, or for the client. */
  readonly toException: (error: unknown) => unknown
}

/**
 * The surroundings of one request, message or operation: its context, its deadline, and a signal that aborts when the
 * client disconnects. The client is watched as long as the scope has holders: the handler until it has returned, a stream
 * until its end.
 */
export class RequestScope {
  readonly #client = new AbortController()
  readonly #toException: (error: unknown) => unknown
  readonly #limits: ScopeCell
  #context: RequestContext
  #inside: AsyncResource
  /** Stop the streams that are still open when the response has ended. */
  readonly #stops = new Set<() => void>()
  #unwatch: (() => void) | undefined
  #holders = 1
  #isOver = false

  constructor({ context, deadline, watch, toException }: RequestScopeOptions) {
    this.#context = context
    this.#toException = toException
    this.#limits = new ScopeCell({ signal: this.#client.signal, timeout: deadline })
    // The resource keeps this context, and that of every other AsyncLocalStorage, for the steps of a stream, which Nest
    // takes from outside.
    this.#inside = this.#limits.run(() => this.#surroundings())
    this.#unwatch = watch(this)
  }

  get context(): RequestContext {
    return this.#context
  }

  /** Aborts when the client disconnects. */
  get signal(): AbortSignal {
    return this.#client.signal
  }

  /** Whether the response has ended or the client has disconnected, so that no stream has a reader any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Runs `fn` inside. */
  run<R>(fn: () => R): R {
    return this.#inside.runInAsyncScope(fn)
  }

  /**
   * Replaces the context and the deadline, which counts from now, when an inner caller (the interceptor after the
   * middleware) enters the scope; adds a holder.
   */
  enter(context: RequestContext, deadline: number | undefined): void {
    this.#holders++
    this.#context = context
    this.#limits.replace({ signal: this.#client.signal, timeout: deadline })
    const surroundings = (): AsyncResource => this.#surroundings()
    // A guard, or a body parser, may have lost the async context.
    this.#inside = currentScope() === undefined ? this.#limits.run(surroundings) : surroundings()
  }

  /**
   * Adds a holder, whose `onClose` is called when the response has ended; returns its release function, which may be
   * called more than once.
   */
  hold(onClose: () => void): () => void {
    this.#holders++
    this.#stops.add(onClose)
    return () => {
      if (this.#stops.delete(onClose)) this.release()
    }
  }

  /** Removes one holder. Without holders the client is no longer watched. */
  release(): void {
    if (--this.#holders === 0) this.#stopWatching()
  }

  /** To be called when the response is complete: open streams are not part of it, because another interceptor answered. */
  finish(): void {
    this.#isOver = true
    this.#stopWatching()
    for (const stop of [...this.#stops]) stop()
  }

  /** To be called when the client has disconnected. */
  leave(
    reason: unknown = new CallAbortedError('The client disconnected before the response was complete')
  ): void {
    this.#client.abort(reason)
    this.finish()
  }

  /** Whether the error is only a consequence of the client's disconnect. */
  isFromDisconnect(error: unknown): boolean {
    const { aborted, reason } = this.#client.signal
    return aborted && (error === reason || (error instanceof Error && error.name === 'AbortError'))
  }

  /** The error for the client, or for Nest's filters. */
  toException(error: unknown): unknown {
    hideOwnFrames(error)
    return this.#toException(this.isFromDisconnect(error) ? new ClientClosedRequestException(error) : error)
  }

  #surroundings(): AsyncResource {
    return requestContext.run(this.#context, () => new AsyncResource('BridgeRequestScope'))
  }

  #stopWatching(): void {
    this.#unwatch?.()
    this.#unwatch = undefined
  }
}
