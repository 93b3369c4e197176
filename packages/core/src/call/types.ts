import type { CallOptions } from '../options.js'
import type { AsyncGeneratorLike, AsyncStream, GeneratorLike, Stream } from '../stream/types.js'

/** A call that has been started: a Promise that can also be waited for, or cancelled. */
export interface Future<T> extends Promise<T> {
  /**
   * Blocks until the call has settled and returns or throws its outcome. After `timeout` milliseconds it throws
   * `CallTimeoutError`; the call runs on.
   *
   * @throws CannotBlockError when the call needs this very thread.
   */
  waitSync(timeout?: number): T
  /** Asks the call to stop. It then rejects with `reason`, or with `CallAbortedError` when none is given. */
  cancel(reason?: unknown): void
}

/**
 * A call of a local function that can't block this thread. It starts in the next microtask unless it was
 * consumed or configured before, and it runs once however often it is awaited.
 */
export interface ClosureCall<T> extends Promise<T> {
  /** Starts now. */
  start(): Future<T>
  /** A new call with these options on top of those it has; the old call is disarmed and will not run. */
  with(options: CallOptions): this
}

/** A call, typed as the Promise it can be used as, and runnable in other ways. */
export interface Call<T> extends ClosureCall<T> {
  /**
   * Blocks this thread until the value is there; on a started call it waits for that run.
   *
   * @throws CannotBlockError when the call needs this very thread.
   */
  runSync(): T
}

/** A call of a local async generator function: lazy until it is iterated; awaited, it gives its `Stream`. */
export interface ClosureStreamCall<T, R = unknown, N = unknown> extends ClosureCall<AsyncStream<T, R, N>> {
  [Symbol.asyncIterator](): AsyncGeneratorLike<T, R, N>
}

/** A call of a generator function: lazy until it is iterated, by `for await` or by a blocking `for`. */
export interface StreamCall<T, R = unknown, N = unknown> extends Call<Stream<T, R, N>> {
  [Symbol.asyncIterator](): AsyncGeneratorLike<T, R, N>
  [Symbol.iterator](): GeneratorLike<T, R, N>
}
