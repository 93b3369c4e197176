import type { AnyIterator } from '@bridge/core/executor'
import { checkFunction, iteratorOf } from '@bridge/core/internal'

/** A synchronous or asynchronous iterator or iterable; a Node `Readable` and a Web `ReadableStream` are such, too. */
export type StreamInput<T = unknown> =
  | Iterator<T, unknown, never>
  | AsyncIterator<T, unknown, never>
  | Iterable<T>
  | AsyncIterable<T>

/** The iterator of a stream's source; throws if it has none. */
export function inputIterator(where: string, input: StreamInput): AnyIterator {
  const { next } = Object(input) as Partial<Iterator<unknown>>
  const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } = Object(input) as Partial<
    AsyncIterable<unknown> & Iterable<unknown>
  >
  if (typeof asynchronous === 'function') return iteratorOf(input).iterator
  if (typeof next === 'function') return input as AnyIterator
  checkFunction(where, 'input[Symbol.iterator]', synchronous)
  return (synchronous as () => Iterator<unknown>).call(input)
}
