import { Readable } from 'node:stream'
import { types } from 'node:util'
import { IntrinsicException, Logger, StreamableFile } from '@nestjs/common'
import { Observable } from 'rxjs'
import type { ScopedStream } from './scoped-stream.js'

const logger = new Logger('BridgeInterceptor')

/**
 * A handler's stream in a form that every version of Nest can send: a version that streams async iterables uses it as one,
 * and an older version, which would answer `{}`, as a file with the same content type and chunks.
 */
class StreamBody extends StreamableFile implements AsyncIterable<unknown> {
  readonly #iterator: AsyncIterator<unknown>

  constructor(items: ScopedStream, first: unknown) {
    const iterator = withFirst(first, items)
    const chunks = Readable.from(chunksOf(iterator, toChunk(first)))
    // As in Nest's own streaming: not every platform reports an error to the file.
    chunks.on('error', error => {
      if (!(error instanceof IntrinsicException)) logger.error(error)
    })
    super(chunks, { type: contentTypeOf(first) })
    this.setErrorLogger(() => undefined)
    // The first chunk has been sent by then. Nest's default would end the response as if it were complete.
    this.setErrorHandler((_, response) => response.destroy?.())
    this.#iterator = iterator
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return this.#iterator
  }
}

/**
 * Emits the response body with the stream's items, once the first item has arrived: until then an error can still become
 * a status. Without items the response is empty. If it is unsubscribed before that, the stream is stopped.
 */
export function streamBody(items: ScopedStream): Observable<unknown> {
  return new Observable(subscriber => {
    let isOpen = true
    const open = async () => {
      const first = await items.next()
      if (!isOpen) return
      const body = first.done === true ? undefined : new StreamBody(items, first.value)
      isOpen = false
      subscriber.next(body)
      subscriber.complete()
    }
    open().catch(error => subscriber.error(error))
    return () => {
      if (!isOpen) return
      isOpen = false
      void items.return()
    }
  })
}

/** The empty body of the response to a HEAD request: the items' source is not even started. */
export function emptyBody(items: ScopedStream): StreamableFile {
  void items.return()
  return new StreamableFile(Readable.from([]))
}

/** The stream with the item that was already taken from it. */
function withFirst(first: unknown, items: ScopedStream): AsyncIterator<unknown> {
  let hasFirst = true
  return {
    next() {
      if (!hasFirst) return items.next()
      hasFirst = false
      return Promise.resolve({ done: false, value: first })
    },
    return: () => items.return()
  }
}

/** The chunks of the items; `firstChunk` has been made already, so that it could fail early. */
function chunksOf(
  iterator: AsyncIterator<unknown>,
  firstChunk: string | Buffer
): AsyncIterableIterator<unknown> {
  let ready: string | Buffer | undefined = firstChunk
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const step = await iterator.next()
      if (step.done === true) return { done: true, value: undefined }
      const value = ready ?? toChunk(step.value)
      ready = undefined
      return { done: false, value }
    },
    async return() {
      await iterator.return?.()
      return { done: true, value: undefined }
    }
  }
}

/** Strings and bytes unchanged, anything else as a line of JSON. */
function toChunk(value: unknown): string | Buffer {
  if (typeof value === 'string') return value
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (types.isAnyArrayBuffer(value)) return Buffer.from(value)
  const json = JSON.stringify(value) as string | undefined
  return json === undefined ? '' : `${json}\n`
}

function contentTypeOf(first: unknown): string {
  if (typeof first === 'string') return 'text/plain; charset=utf-8'
  return ArrayBuffer.isView(first) || types.isAnyArrayBuffer(first)
    ? 'application/octet-stream'
    : 'application/x-ndjson'
}
