import type { MessageEvent } from '@nestjs/common'
import { Observable } from 'rxjs'
import { BEAT, Beats } from './beats.js'
import { failedAnswer } from './failed-answer.js'
import type { ScopedStream } from './scoped-stream.js'
import { ServerSentEvents } from './server-sent-events.js'

/** The part of a response that shows how fast its client reads. */
export interface PacedResponse {
  readonly headersSent: boolean
  readonly writableNeedDrain: boolean
  readonly destroyed: boolean
  once(event: 'close' | 'drain', listener: () => void): unknown
  off(event: 'close' | 'drain', listener: () => void): unknown
}

/**
 * A stream's items as the events that Nest sends for `@Sse()`. Nest applies no backpressure, so the next item is pulled
 * only when the response has taken the one before.
 */
export function sseEvents(
  items: ScopedStream,
  response: PacedResponse,
  heartbeat: number | undefined
): Observable<MessageEvent> {
  return new Observable(subscriber => {
    const beats = new Beats(items, heartbeat)
    const events = new ServerSentEvents()
    const pump = async (): Promise<void> => {
      while (!subscriber.closed) {
        const step = await beats.next()
        if (step !== BEAT && step.done === true) return
        subscriber.next(step === BEAT ? events.beat() : events.of(step.value))
        await drained(response)
      }
    }
    const fail = (error: unknown): void => {
      if (subscriber.closed) return
      void items.return()
      // Before the headers are sent, filters can answer. After that an older Nest would send the message, whatever it contains.
      if (!response.headersSent) return subscriber.error(error)
      subscriber.next(events.error(failedAnswer(error)))
      subscriber.complete()
    }
    pump().then(() => subscriber.complete(), fail)
    return () => void items.return()
  })
}

/** Resolves when the response accepts more data, or is closed. */
async function drained(response: PacedResponse): Promise<void> {
  // Nest writes an event in a later turn of the event loop than the one in which it gets it.
  await new Promise(resolve => setImmediate(resolve))
  if (!response.writableNeedDrain || response.destroyed) return
  await new Promise<void>(resolve => {
    const end = (): void => {
      response.off('drain', end)
      response.off('close', end)
      resolve()
    }
    response.once('drain', end)
    response.once('close', end)
  })
}
