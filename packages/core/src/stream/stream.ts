import { inspect } from 'node:util'
import { cannotBlock } from '../errors/cannot-block.js'
import type { StreamSource } from '../executor/executor.js'
import { isSource } from './source-mark.js'
import type { AsyncGeneratorLike, GeneratorLike, Stream, StreamProgress } from './types.js'

/** The one implementation of `Stream`: a source, seen as what the language iterates. */
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

/** The source's blocking side as an iterator. */
export function blockingIterator<T, R, N>(
  name: string,
  source: StreamSource<T, R, N>
): GeneratorLike<T, R, N> {
  const blocking = source.blocking
  if (blocking === undefined) throw cannotBlock(`${name}() streams asynchronously on this thread`)
  return {
    next: value => blocking.next(value),
    return: value => blocking.return(value),
    throw: error => blocking.throw(error),
    [Symbol.iterator]() {
      return this
    }
  }
}

/** What the caller of a task gets for its outcome: the `Stream` of a source, any other value as it is. */
export function adapted(name: string, outcome: unknown): unknown {
  return isSource(outcome) ? new SourceStream(name, outcome) : outcome
}

/** The way back: the source of a `Stream`, any other value as it is. */
export function unadapted(value: unknown): unknown {
  return value instanceof SourceStream ? SourceStream.sourceOf(value) : value
}
