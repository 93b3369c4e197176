import { ExecutorClosedError, NotCloneableError, WorkerLostError } from '@bridge/core'
import { checkMilliseconds, checkOptions, checkSignal } from '@bridge/core/internal'
import { tooLate } from '../consumer/limits.js'
import { Change, countWait } from './change.js'
import { type ChannelHandle, type ChannelOptions, checkHandle, newHandle } from './handle.js'
import { decodeItem, encodeItem } from './item-codec.js'
import { ChannelMemory, CLOSED, COUNT, GETS, PUTS } from './memory.js'
import { untilAny } from './until-any.js'

/** Limits of one put or get. */
export interface ChannelWait {
  /** Milliseconds that it may wait; no limit by default. 0 does not wait. */
  timeout?: number | undefined
  /** Ends the wait; it throws the signal's `reason`. */
  signal?: AbortSignal | undefined
}

/**
 * A bounded queue between threads. Any number of threads may put and get, awaited or blocking; each item is received once.
 * The items of one producer keep their order. Iterating takes items until the channel is closed and empty.
 */
export interface Channel<T> extends AsyncIterable<T>, Iterable<T> {
  /**
   * Adds a copy of an item, and waits while there is no room.
   *
   * @throws ExecutorClosedError once the channel is closed.
   * @throws CallTimeoutError when there was no room in time, the signal's reason when it aborts.
   * @throws NotCloneableError when the item cannot be copied, or is larger than the channel's `maxBytes`.
   */
  put(item: T, wait?: ChannelWait): Promise<void>
  /** As `put`, blocking this thread, at most `timeout` milliseconds. */
  putSync(item: T, timeout?: number): void
  /**
   * Removes and returns the first item, and waits while there is none.
   *
   * @throws ExecutorClosedError once the channel is closed and empty.
   * @throws CallTimeoutError when there was none in time, the signal's reason when it aborts.
   */
  get(wait?: ChannelWait): Promise<T>
  /** As `get`, blocking this thread, at most `timeout` milliseconds. */
  getSync(timeout?: number): T
  /** Refuses further puts and wakes all waiting threads; the remaining items can still be received. May be called twice. */
  close(): void
  readonly isClosed: boolean
  /** How many items are currently in it. */
  readonly size: number
  /** Send this to another thread, as an argument or by `postMessage`, and pass it to `openChannel` there. */
  readonly handle: ChannelHandle<T>
}

/**
 * A new channel that holds at most `highWaterMark` items (1024 by default) and `maxBytes` bytes (64 MB by default).
 *
 * @throws InvalidArgumentError when an option is invalid.
 * @example
 * ```ts
 * const jobs = channel<string>({ highWaterMark: 100 })
 * tasks.work(jobs.handle)            // in the task: for (const job of openChannel<string>(handle)) …
 * await jobs.put('first')
 * jobs.close()
 * ```
 */
export function channel<T>(options: ChannelOptions = {}): Channel<T> {
  checkOptions('channel()', options, ['highWaterMark', 'maxBytes'])
  return new SharedChannel<T>(newHandle(options))
}

/**
 * Opens the channel of a `handle` from another thread.
 *
 * @throws InvalidArgumentError when `handle` is not a channel's handle.
 * @example
 * ```ts
 * export async function work(handle: ChannelHandle<string>) {
 *   for await (const job of openChannel(handle)) await run(job)
 * }
 * ```
 */
export function openChannel<T>(handle: ChannelHandle<T>): Channel<T> {
  checkHandle(handle)
  return new SharedChannel<T>(handle)
}

class SharedChannel<T> implements Channel<T> {
  readonly handle: ChannelHandle<T>
  readonly #memory: ChannelMemory
  readonly #puts: Change
  readonly #gets: Change

  constructor(handle: ChannelHandle<T>) {
    this.handle = handle
    this.#memory = new ChannelMemory(
      handle.words,
      handle.ring,
      () => new WorkerLostError('a thread has ended while using this channel, so its items are lost')
    )
    this.#puts = new Change(handle.words, PUTS)
    this.#gets = new Change(handle.words, GETS)
  }

  get isClosed(): boolean {
    return Atomics.load(this.handle.words, CLOSED) === 1
  }

  get size(): number {
    return Atomics.load(this.handle.words, COUNT)
  }

  async put(item: T, wait: ChannelWait = {}): Promise<void> {
    checkWait('put()', wait)
    const attempt = this.#putter(item)
    await awaited(attempt, this.#gets, wait, 'put(): there was no room in the channel')
  }

  putSync(item: T, timeout?: number): void {
    checkMilliseconds('putSync()', 'timeout', timeout)
    blocked(this.#putter(item), this.#gets, timeout, 'putSync(): there was no room in the channel')
  }

  async get(wait: ChannelWait = {}): Promise<T> {
    checkWait('get()', wait)
    const got = await awaited(
      () => this.#take('get()'),
      this.#puts,
      wait,
      'get(): nothing was in the channel'
    )
    return got.item
  }

  getSync(timeout?: number): T {
    checkMilliseconds('getSync()', 'timeout', timeout)
    const take = () => this.#take('getSync()')
    return blocked(take, this.#puts, timeout, 'getSync(): nothing was in the channel').item
  }

  close(): void {
    this.#memory.close()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = await awaited(() => this.#next(), this.#puts, {}, '')
      if (next === 'end') return
      yield next.item
    }
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (;;) {
      const next = blocked(() => this.#next(), this.#puts, undefined, '')
      if (next === 'end') return
      yield next.item
    }
  }

  /** Adds the encoded item once there is room. */
  #putter(item: T): () => true | undefined {
    const [kind, bytes] = encodeItem(item)
    const { longest } = this.#memory
    if (bytes.length > longest) {
      throw new NotCloneableError(
        `put(): an item of ${bytes.length} bytes finds no room in a channel for ${longest} (its maxBytes)`
      )
    }
    return () => {
      const put = this.#memory.put(kind, bytes)
      if (put === 'closed') throw new ExecutorClosedError('put(): the channel is closed')
      return put === 'put' ? true : undefined
    }
  }

  #take(where: string): { readonly item: T } | undefined {
    const next = this.#next()
    if (next === 'end') throw new ExecutorClosedError(`${where}: the channel is closed and empty`)
    return next
  }

  #next(): { readonly item: T } | 'end' | undefined {
    // In this order: items that were added before the channel was closed are still received.
    const { isClosed } = this
    const got = this.#memory.get()
    if (got !== undefined) return { item: decodeItem(got.kind, got.bytes) as T }
    return isClosed ? 'end' : undefined
  }
}

function checkWait(where: string, wait: ChannelWait): void {
  checkOptions(where, wait, ['timeout', 'signal'])
  checkMilliseconds(where, 'timeout', wait.timeout)
  checkSignal(where, wait.signal)
}

/** Attempts until there is a result, again after each change of the word. */
async function awaited<R>(
  attempt: () => R | undefined,
  change: Change,
  wait: ChannelWait,
  what: string
): Promise<R> {
  wait.signal?.throwIfAborted()
  const { seen } = change
  const first = attempt()
  if (first !== undefined) return first
  const ends = performance.now() + (wait.timeout ?? Infinity)
  countWait(1)
  try {
    for (let last = seen; ; ) {
      if (!(await untilAny(change.after(last), ends, wait.signal)))
        throw tooLate(what, wait.timeout as number)
      last = change.seen
      const done = attempt()
      if (done !== undefined) return done
    }
  } finally {
    countWait(-1)
  }
}

function blocked<R>(
  attempt: () => R | undefined,
  change: Change,
  timeout: number | undefined,
  what: string
): R {
  const ends = performance.now() + (timeout ?? Infinity)
  for (;;) {
    const { seen } = change
    const done = attempt()
    if (done !== undefined) return done
    const left = ends - performance.now()
    if (left <= 0) throw tooLate(what, timeout as number)
    change.waitSync(seen, left)
  }
}
