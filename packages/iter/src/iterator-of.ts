import { checkFunction } from '@bridge/core/executor'

/** An iterator of either kind, or something that has one, as a Node `Readable` and a Web `ReadableStream` do. */
export type StreamInput<T = unknown> =
  | Iterator<T, unknown, never>
  | AsyncIterator<T, unknown, never>
  | Iterable<T>
  | AsyncIterable<T>

export type AnyIterator = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>

/** The iterator of what a stream is made from; refuses what has none. */
export function iteratorOf(where: string, input: StreamInput): AnyIterator {
  const asynchronous = (input as Partial<AsyncIterable<unknown>>)?.[Symbol.asyncIterator]
  if (typeof asynchronous === 'function') return asynchronous.call(input)
  if (typeof (input as Partial<Iterator<unknown>>)?.next === 'function') return input as AnyIterator
  const synchronous = (input as Partial<Iterable<unknown>>)?.[Symbol.iterator]
  checkFunction(where, 'input[Symbol.iterator]', synchronous)
  return (synchronous as () => Iterator<unknown>).call(input)
}
