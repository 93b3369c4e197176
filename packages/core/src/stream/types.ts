/** What awaiting a local async generator's call gives: items to be awaited. Not thenable, so an async function
 * can return one. */
export interface AsyncStream<T, R = unknown, N = unknown> extends AsyncIterable<T>, AsyncDisposable {
  [Symbol.asyncIterator](): AsyncGeneratorLike<T, R, N>
}

/** How far a stream has come. */
export interface StreamProgress {
  /** Items taken by who consumes it. */
  readonly items: number
  /** About how many bytes they were. */
  readonly bytes: number
  /** Items that have arrived and are not taken. */
  readonly ahead: number
}

/** What awaiting a generator's call gives: items for `for await`, or for a blocking `for`. */
export interface Stream<T, R = unknown, N = unknown> extends AsyncStream<T, R, N>, Iterable<T>, Disposable {
  /** How far it has come, for a progress bar; `undefined` where it does not come from another thread. */
  readonly progress: StreamProgress | undefined
  [Symbol.iterator](): GeneratorLike<T, R, N>
}

/**
 * What a generator's call of `importSync` gives: an iterator whose every step blocks, to be used like the generator's own.
 */
export interface BlockingStream<T, R = unknown, N = unknown> extends GeneratorLike<T, R, N>, Disposable {
  /** How far it has come; `undefined` where it does not come from another thread. */
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
