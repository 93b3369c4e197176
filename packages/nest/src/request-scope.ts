import { AsyncResource } from 'node:async_hooks'
import { type RequestContext, requestContext } from '@bridge/context'
import { CallAbortedError, runScope } from '@bridge/core'
import { ClientClosedRequestException, toHttpException } from './errors.js'

/** The part of Node's response that tells of its end. */
export interface ClosingResponse {
  readonly writableFinished: boolean
  readonly destroyed: boolean
  once(event: 'close', listener: () => void): unknown
  off(event: 'close', listener: () => void): unknown
}

/** What a request scope is opened with. */
export interface RequestScopeOptions {
  readonly response: ClosingResponse
  readonly context: RequestContext
  /** Milliseconds the calls of the request may take together; `undefined` or `Infinity` for no limit. */
  readonly deadline: number | undefined
}

/**
 * All that surrounds the code of one HTTP request: its context, its deadline, and a signal that aborts when the
 * client goes away. It listens to the response for as long as somebody holds it: the handler until it has
 * answered, a stream until its end.
 */
export class RequestScope {
  readonly #response: ClosingResponse
  readonly #client = new AbortController()
  readonly #inside: AsyncResource
  readonly #onDisconnect = new Set<() => void>()
  #holders = 1

  constructor({ response, context, deadline }: RequestScopeOptions) {
    this.#response = response
    const limits = { signal: this.#client.signal, ...(deadline !== undefined && { timeout: deadline }) }
    // The resource keeps these surroundings, and every other AsyncLocalStorage's, for the steps of a stream,
    // which Nest asks for from outside.
    this.#inside = runScope(limits, () =>
      requestContext.run(context, () => new AsyncResource('BridgeRequestScope'))
    )
    response.once('close', this.#onClose) // removed by #stopListening
    if (response.destroyed) this.#onClose()
  }

  /** Whether the client went away before its answer was complete. */
  get isDisconnected(): boolean {
    return this.#client.signal.aborted
  }

  /** Runs `fn` inside. */
  run<R>(fn: () => R): R {
    return this.#inside.runInAsyncScope(fn)
  }

  /** Keeps the scope for one more holder; returns its release, which may be called more than once. */
  hold(onDisconnect: () => void): () => void {
    this.#holders++
    this.#onDisconnect.add(onDisconnect)
    return () => {
      if (this.#onDisconnect.delete(onDisconnect)) this.release()
    }
  }

  /** Gives the first hold back. Nobody listens to the response any more once all have. */
  release(): void {
    if (--this.#holders === 0) this.#stopListening()
  }

  /** Whether the error is only what the client's disconnect did to the code inside. */
  isFromDisconnect(error: unknown): boolean {
    const { aborted, reason } = this.#client.signal
    return aborted && (error === reason || (error instanceof Error && error.name === 'AbortError'))
  }

  /** The error as the client, or Nest's filters, should see it. */
  toException(error: unknown): unknown {
    return this.isFromDisconnect(error) ? new ClientClosedRequestException(error) : toHttpException(error)
  }

  readonly #onClose = (): void => {
    this.#stopListening()
    if (this.#response.writableFinished) return
    this.#client.abort(
      new CallAbortedError('The client closed the connection before its answer was complete')
    )
    for (const tell of [...this.#onDisconnect]) tell()
  }

  #stopListening(): void {
    this.#response.off('close', this.#onClose)
  }
}
