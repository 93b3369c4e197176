import { refuseIterating } from '../call/misuse.js'
import { cannotBlock } from '../errors/cannot-block.js'
import type { StreamSource } from '../executor/executor.js'
import { inspect } from '../node.js'
import { isSource } from './source-mark.js'
import type { AsyncGeneratorLike, BlockingStream, GeneratorLike, Stream, StreamProgress } from './types.js'

/** The one implementation of `Stream`: a source as an iterable. */
export class SourceStream<T, R, N> implements Stream<T, R, N> {
  readonly #name: string
  readonly #source: StreamSource<T, R, N>

  constructor(name: string, source: StreamSource<T, R, N>) {
    this.#name = name
    this.#source = source
  }

  static sourceOf(stream: SourceStream<unknown, unknown, unknown>): StreamSource {
    return stream.#source
  }

  get progress(): StreamProgress | undefined {
    return this.#source.progress
  }

  [Symbol.asyncIterator](): AsyncGeneratorLike<T, R, N> {
    return asyncIterator(this.#source)
  }

  [Symbol.iterator](): GeneratorLike<T, R, N> {
    return blockingIterator(this.#name, this.#source)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.return()
  }

  [Symbol.dispose](): void {
    this[Symbol.iterator]().return()
  }

  [inspect.custom](): string {
    return `Stream ${this.#name}`
  }
}

/** The source as an async iterator. Its `next` is the source's own, so that nothing is added to an item's cost. */
export function asyncIterator<T, R, N>(source: StreamSource<T, R, N>): AsyncGeneratorLike<T, R, N> {
  return {
    next: value => source.next(value),
    return: value => source.return(value),
    throw: error => source.throw(error),
    [Symbol.asyncIterator]() {
      return this
    }
  }
}

const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object

/** The source's blocking side as an iterator, with the methods that this Node's iterators have, such as `take()`. */
export function blockingIterator<T, R, N>(
  name: string,
  source: StreamSource<T, R, N>
): BlockingStream<T, R, N> {
  const blocking = source.blocking
  if (blocking === undefined) throw cannotBlock(`${name}() streams asynchronously on this thread`)
  const steps = {
    next: (value?: N) => blocking.next(value),
    return: (value?: R) => blocking.return(value),
    throw: (error: unknown) => blocking.throw(error),
    [Symbol.dispose]() {
      blocking.return()
    },
    get progress() {
      return source.progress
    }
  }
  return Object.setPrototypeOf(steps, iteratorPrototype) as BlockingStream<T, R, N>
}

/** What the caller of a task gets for its outcome: the `Stream` of a source, any other value unchanged. */
export function adapted(target: Presenting, outcome: unknown): unknown {
  const shown = target.present === undefined ? outcome : target.present(outcome, target.name)
  return isSource(shown) ? new SourceStream(target.name, shown) : shown
}

/** Converts the objects in an error as those in a result are converted for the caller of a task. */
export function showThrown({ name, present }: Presenting, error: unknown): void {
  if (present === undefined || !(error instanceof Error)) return
  for (const [key, value] of Object.entries(error)) {
    const shown = present(value, name)
    if (shown !== value) Reflect.set(error, key, shown)
  }
}

/**
 * The source of the result that the caller of a task gets, which must be a stream.
 *
 * @throws InvalidArgumentError when it is a value.
 */
export function sourceOf(target: Presenting, outcome: unknown): StreamSource {
  if (!isSource(outcome)) return refuseIterating(target.name)
  return target.present === undefined ? outcome : (target.present(outcome, target.name) as StreamSource)
}

/** The part of a call's target that determines how its outcome is presented. */
interface Presenting {
  readonly name: string
  readonly present?: ((outcome: unknown, name: string) => unknown) | undefined
}

/** The result for blocking code: the iterator of a `Stream`, any other value unchanged. */
export function asIterator(name: string, value: unknown): unknown {
  return value instanceof SourceStream ? blockingIterator(name, SourceStream.sourceOf(value)) : value
}

/** The inverse: the source of a `Stream`, any other value unchanged. */
export function unadapted(value: unknown): unknown {
  return value instanceof SourceStream ? SourceStream.sourceOf(value) : value
}
