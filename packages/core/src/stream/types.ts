/** The result of awaiting a local async generator's call: items to be awaited. Not thenable, so an async function
 * can return one. */
export interface AsyncStream<T, R = unknown, N = unknown> extends AsyncIterable<T>, AsyncDisposable {
  [Symbol.asyncIterator](): AsyncGeneratorLike<T, R, N>
}

/** The progress of a stream. */
export interface StreamProgress {
  /** Items taken by the consumer. */
  readonly items: number
  /** About how many bytes these items were. */
  readonly bytes: number
  /** Items that have arrived but are not taken yet. */
  readonly ahead: number
}

/** The result of awaiting a generator's call: items for `for await`, or for a blocking `for`. */
export interface Stream<T, R = unknown, N = unknown> extends AsyncStream<T, R, N>, Iterable<T>, Disposable {
  /** Its progress, for a progress bar; `undefined` if it does not come from another thread. */
  readonly progress: StreamProgress | undefined
  [Symbol.iterator](): GeneratorLike<T, R, N>
}

/**
 * The result of a generator's call of `importSync`: an iterator whose every step blocks, to be used like the
 * generator's own.
 */
export interface BlockingStream<T, R = unknown, N = unknown> extends GeneratorLike<T, R, N>, Disposable {
  /** Its progress; `undefined` if it does not come from another thread. */
  readonly progress: StreamProgress | undefined
}

/** An async iterator with all three of its methods. */
export interface AsyncGeneratorLike<T, R, N> extends AsyncIterator<T, R, N> {
  next(value?: N): Promise<IteratorResult<T, R>>
  return(value?: R): Promise<IteratorResult<T, R>>
  throw(error: unknown): Promise<IteratorResult<T, R>>
  [Symbol.asyncIterator](): this
}

/** An iterator with all three of its methods. */
export interface GeneratorLike<T, R, N> extends Iterator<T, R, N> {
  next(value?: N): IteratorResult<T, R>
  return(value?: R): IteratorResult<T, R>
  throw(error: unknown): IteratorResult<T, R>
  [Symbol.iterator](): this
}
