import { Readable } from 'node:stream'
import { StreamableFile } from '@nestjs/common'
import { BEAT, type Beats } from './beats.js'
import type { Encoding } from './encodings.js'
import { failedAnswer } from './failed-answer.js'
import type { ScopedStream } from './scoped-stream.js'

type Step = IteratorResult<unknown> | typeof BEAT

/** The response body with a stream's items in an encoding; `first` is the step that has been taken already. */
export function encodedBody(
  items: ScopedStream,
  beats: Beats,
  first: Step,
  encoding: Encoding
): StreamableFile {
  // Encoded here, while an item that cannot be encoded can still become a status.
  const start = first === BEAT || first.done === true ? undefined : encoding.item(first.value, true)
  const chunks = Readable.from(chunksOf(items, beats, first, start, encoding))
  const file = new StreamableFile(chunks, { type: encoding.type })
  // Each error has been logged, or is an exception.
  chunks.on('error', () => undefined)
  file.setErrorLogger(() => undefined)
  // The first chunk has been sent by then. Nest's default would end the response as if it were complete.
  file.setErrorHandler((_, response) => response.destroy?.())
  return file
}

function chunksOf(
  items: ScopedStream,
  beats: Beats,
  first: Step,
  start: string | undefined,
  encoding: Encoding
): AsyncIterableIterator<string> {
  const chunks = written(items, beats, first, start, encoding)
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: () => chunks.next(),
    // A generator that waits for an item could not be stopped otherwise.
    async return() {
      await items.return()
      return chunks.return(undefined)
    }
  }
}

async function* written(
  items: ScopedStream,
  beats: Beats,
  first: Step,
  start: string | undefined,
  encoding: Encoding
): AsyncGenerator<string, undefined> {
  let text = start
  let hasItems = false
  let step = first
  if (encoding.begin !== undefined) yield encoding.begin
  try {
    for (;;) {
      if (step === BEAT) yield encoding.beat?.() ?? ''
      else if (step.done === true) break
      else {
        yield text ?? encoding.item(step.value, !hasItems)
        hasItems = true
      }
      text = undefined
      step = await beats.next()
    }
  } catch (error) {
    void items.return()
    const answer = failedAnswer(error)
    if (encoding.error === undefined) throw error
    yield encoding.error(answer)
    return
  }
  if (encoding.end !== undefined) yield encoding.end
}
