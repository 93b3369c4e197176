import { Observable } from 'rxjs'
import type { ScopedStream } from '../stream/scoped-stream.js'

/** Emits the items of a stream one by one; unsubscribing stops the stream, also while an item is pending. */
export function itemsOf(items: ScopedStream): Observable<unknown> {
  return new Observable(subscriber => {
    const send = async (): Promise<void> => {
      for (;;) {
        const step = await items.next()
        if (subscriber.closed) return
        if (step.done === true) return subscriber.complete()
        subscriber.next(step.value)
      }
    }
    send().catch((error: unknown) => subscriber.error(error))
    return () => void items.return()
  })
}
