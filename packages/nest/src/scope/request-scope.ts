import { AsyncResource } from 'node:async_hooks'
import { type RequestContext, requestContext } from '@bridge/context'
import { CallAbortedError, runScope } from '@bridge/core'
import { hideOwnFrames } from '@bridge/core/internal'
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
 * client goes away. It listens to the response for as long as it is held: by the handler until it has
 * answered, by a stream until its end.
 */
export class RequestScope {
  readonly #response: ClosingResponse
  readonly #client = new AbortController()
  readonly #inside: AsyncResource
  /** Ends the streams that are still open when the answer is over. */
  readonly #stops = new Set<() => void>()
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

  /** Gives the first hold back. The response is not listened to any more once all have. */
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
    hideOwnFrames(error)
    return this.isFromDisconnect(error) ? new ClientClosedRequestException(error) : toHttpException(error)
  }

  readonly #onClose = (): void => {
    this.#stopListening()
    if (!this.#response.writableFinished) {
      this.#client.abort(
        new CallAbortedError('The client closed the connection before its answer was complete')
      )
    }
    // One that is open after a whole answer is not in it: another interceptor has answered in its place.
    for (const stop of [...this.#stops]) stop()
  }

  #stopListening(): void {
    this.#response.off('close', this.#onClose)
  }
}
