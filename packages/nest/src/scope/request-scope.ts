import { AsyncResource } from 'node:async_hooks'
import { type RequestContext, requestContext } from '@bridge/context'
import { CallAbortedError } from '@bridge/core'
import { currentScope, hideOwnFrames, ScopeCell } from '@bridge/core/internal'
import { ClientClosedRequestException } from './errors.js'

/** What a request scope is opened with. */
export interface RequestScopeOptions {
  readonly context: RequestContext
  /** Milliseconds the calls of the request may take together; `undefined` or `Infinity` for no limit. */
  readonly deadline: number | undefined
  /** Tells the scope of its client: by `leave` that it went away, by `finish` that it has its answer; returns what stops it. */
  readonly watch: (scope: RequestScope) => () => void
  /** The error of a call as filters, or the client, should see it. */
  readonly toException: (error: unknown) => unknown
}

/**
 * All that surrounds the code of one request, message or operation: its context, its deadline, and a signal that aborts
 * when the client goes away. The client is watched for as long as the scope is held: by the handler until it has
 * answered, by a stream until its end.
 */
export class RequestScope {
  readonly #client = new AbortController()
  readonly #toException: (error: unknown) => unknown
  readonly #limits: ScopeCell
  #context: RequestContext
  #inside: AsyncResource
  /** Ends the streams that are still open when the answer is over. */
  readonly #stops = new Set<() => void>()
  #unwatch: (() => void) | undefined
  #holders = 1
  #isOver = false

  constructor({ context, deadline, watch, toException }: RequestScopeOptions) {
    this.#context = context
    this.#toException = toException
    this.#limits = new ScopeCell({ signal: this.#client.signal, timeout: deadline })
    // The resource keeps these surroundings, and every other AsyncLocalStorage's, for the steps of a stream,
    // which Nest asks for from outside.
    this.#inside = this.#limits.run(() => this.#surroundings())
    this.#unwatch = watch(this)
  }

  get context(): RequestContext {
    return this.#context
  }

  /** Aborts when the client goes away. */
  get signal(): AbortSignal {
    return this.#client.signal
  }

  /** Whether the client has its answer, or went away before that was complete: no stream has a reader any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Runs `fn` inside. */
  run<R>(fn: () => R): R {
    return this.#inside.runInAsyncScope(fn)
  }

  /**
   * Goes on with what surrounds the caller, which has come further inside: its context, a deadline that counts from now
   * and takes the place of the one before, and one more holder.
   */
  enter(context: RequestContext, deadline: number | undefined): void {
    this.#holders++
    this.#context = context
    this.#limits.replace({ signal: this.#client.signal, timeout: deadline })
    const surroundings = (): AsyncResource => this.#surroundings()
    // A guard, or what reads a body, may have lost what surrounded it.
    this.#inside = currentScope() === undefined ? this.#limits.run(surroundings) : surroundings()
  }

  /**
   * Keeps the scope for one more holder, which is told when the answer is over; returns its release, which may be called
   * more than once.
   */
  hold(onClose: () => void): () => void {
    this.#holders++
    this.#stops.add(onClose)
    return () => {
      if (this.#stops.delete(onClose)) this.release()
    }
  }

  /** Gives one hold back. The client is not watched any more once all have. */
  release(): void {
    if (--this.#holders === 0) this.#stopWatching()
  }

  /** The client has its answer: a stream that is open is not in it, another interceptor has answered in its place. */
  finish(): void {
    this.#isOver = true
    this.#stopWatching()
    for (const stop of [...this.#stops]) stop()
  }

  /** The client went away. */
  leave(reason: unknown = new CallAbortedError('The client went away before its answer was complete')): void {
    this.#client.abort(reason)
    this.finish()
  }

  /** Whether the error is only what the client's disconnect did to the code inside. */
  isFromDisconnect(error: unknown): boolean {
    const { aborted, reason } = this.#client.signal
    return aborted && (error === reason || (error instanceof Error && error.name === 'AbortError'))
  }

  /** The error as the client, or Nest's filters, should see it. */
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
