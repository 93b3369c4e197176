import type { ExecutionContext } from '@nestjs/common'
import type { Reflector } from '@nestjs/core'
import { Observable, of } from 'rxjs'
import { Beats } from './beats.js'
import { encodedBody } from './encoded-body.js'
import { encodingOf } from './encodings.js'
import type { ScopedStream } from './scoped-stream.js'
import { type PacedResponse, sseEvents } from './sse-events.js'
import { type ChosenFormat, chosenFormat, isSse } from './stream-as.js'
import { emptyBody, streamBody } from './stream-body.js'

/** Express's response, and Fastify's reply. */
interface Response extends PacedResponse {
  readonly raw?: PacedResponse
  header(name: string, value: string): unknown
}

/** The response for a handler's stream, according to its decorators and its request. */
export function streamAnswer(
  items: ScopedStream,
  context: ExecutionContext,
  reflector: Reflector
): Observable<unknown> {
  const { method } = context.switchToHttp().getRequest<{ readonly method: string }>()
  const response = context.switchToHttp().getResponse<Response>()
  const chosen = chosenFormat(reflector, context)
  if (isSse(context)) return sseEvents(items, response.raw ?? response, chosen?.heartbeat)
  if (method === 'HEAD') return of(emptyBody(items))
  return chosen === undefined ? streamBody(items) : formattedBody(items, response, chosen)
}

/** Before the first item or heartbeat, an error can still become a status. */
function formattedBody(items: ScopedStream, response: Response, chosen: ChosenFormat): Observable<unknown> {
  return new Observable(subscriber => {
    const encoding = encodingOf(chosen)
    const beats = new Beats(items, encoding.heartbeat)
    let isOpen = true
    const open = async (): Promise<void> => {
      const first = await beats.next()
      if (!isOpen) return
      const body = encodedBody(items, beats, first, encoding)
      isOpen = false
      for (const [name, value] of Object.entries(encoding.headers ?? {})) response.header(name, value)
      subscriber.next(body)
      subscriber.complete()
    }
    open().catch(error => {
      void items.return()
      subscriber.error(error)
    })
    return () => {
      if (!isOpen) return
      isOpen = false
      void items.return()
    }
  })
}
