import { inspect } from 'node:util'
import { dispatch, type Use } from '../dispatch.js'
import { CannotBlockError, InvalidArgumentError } from '../errors/errors.js'
import type { Run, StreamSource } from '../executor/executor.js'
import { here } from '../here.js'
import { type CallOptions, checkCallOptions } from '../options.js'
import { isSource } from '../stream/source-mark.js'
import { asyncIterator, blockingIterator, SourceStream } from '../stream/stream.js'
import type { AsyncGeneratorLike, GeneratorLike } from '../stream/types.js'
import { RunFuture } from './future.js'
import { type CallSpec, configure, toTask } from './spec.js'
import { type CallEvent, type CallState, transition } from './state.js'
import type { Future } from './types.js'

const ignore = (): void => {}
const settled = Promise.resolve()

/** What structuredClone trips over, so that a call sent away unawaited is an error and not an empty object. */
function awaitTheCallFirst(): void {}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

/** The one implementation behind all the call types; which methods a caller may use, their types say. */
export class FunctionCall<T> {
  readonly [Symbol.toStringTag] = 'Call'
  readonly awaitFirst = awaitTheCallFirst
  readonly #spec: CallSpec
  #state: CallState = 'created'
  #run: Run | undefined
  #promise: Promise<T> | undefined
  #outcome: Outcome<T> | undefined

  constructor(spec: CallSpec) {
    this.#spec = spec
    // A generator's call is lazy until somebody wants its items, as a generator is.
    if (spec.kind !== 'generator' && spec.kind !== 'asyncGenerator') settled.then(() => this.#autostart())
  }

  static isCall(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #spec in value
  }

  // biome-ignore lint/suspicious/noThenProperty: a Call is a Promise
  then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null
  ): Promise<A | B> {
    return this.#consume().then(onfulfilled, onrejected)
  }

  catch<B = never>(onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#consume().catch(onrejected)
  }

  finally(onfinally?: (() => void) | null): Promise<T> {
    return this.#consume().finally(onfinally)
  }

  runSync(): T {
    this.#move('consume')
    if (this.#outcome === undefined) this.#outcome = this.#block()
    if ('error' in this.#outcome) throw this.#outcome.error
    return this.#outcome.value
  }

  start(): Future<T> {
    this.#move('consume')
    const promise = this.#started(true)
    const run: Run = this.#run ?? { promise, waitSync: () => this.runSync(), cancel: ignore }
    return new RunFuture<T>(this.#spec.name, run, promise, value => this.#adapt(value))
  }

  with(options: CallOptions): FunctionCall<T> {
    checkCallOptions(`${this.#spec.name}().with()`, options)
    const spec = configure(this.#spec, options)
    this.#move('configure')
    return new FunctionCall<T>(spec)
  }

  [Symbol.asyncIterator](): AsyncGeneratorLike<unknown, unknown, unknown> {
    this.#move('iterate')
    let opening: Promise<StreamSource> | undefined
    const open = (): Promise<StreamSource> => (opening ??= this.#open())
    const opened = async (step: (source: StreamSource) => Promise<IteratorResult<unknown>>) =>
      step(await open())
    let direct: AsyncGeneratorLike<unknown, unknown, unknown> | undefined
    const first = async (value: unknown): Promise<IteratorResult<unknown>> => {
      direct = asyncIterator(await open())
      return direct.next(value)
    }
    return {
      next: value => (direct === undefined ? first(value) : direct.next(value)),
      // A call that was never opened has nothing to stop.
      return: async value =>
        opening === undefined && this.#run === undefined
          ? { done: true, value }
          : opened(source => source.return(value)),
      throw: error => opened(source => source.throw(error)),
      [Symbol.asyncIterator]() {
        return this
      }
    }
  }

  [Symbol.iterator](): GeneratorLike<unknown, unknown, unknown> {
    this.#move('iterate')
    this.#checkBlocking('iterateBlocking')
    const value =
      this.#run === undefined ? this.#spec.executor.runSync(toTask(this.#spec)) : this.#run.waitSync()
    return blockingIterator(this.#spec.name, this.#source(value))
  }

  toJSON(): never {
    throw new InvalidArgumentError(
      `${this.#spec.name}() is a call, not its value: await it before you serialise it`
    )
  }

  [Symbol.toPrimitive](): never {
    throw new InvalidArgumentError(
      `${this.#spec.name}() is a call, not its value: await it before you print it`
    )
  }

  [inspect.custom](): string {
    return `Call ${this.#spec.name} (${PRINTED[this.#state]})`
  }

  #autostart(): void {
    if (this.#state !== 'created') return
    this.#move('autostart')
    this.#started()
  }

  #consume(): Promise<T> {
    try {
      this.#move('consume')
      return this.#started()
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #started(isCancellable = false): Promise<T> {
    if (this.#promise !== undefined) return this.#promise
    if (this.#outcome !== undefined) {
      this.#promise =
        'error' in this.#outcome ? Promise.reject(this.#outcome.error) : Promise.resolve(this.#outcome.value)
      return this.#promise
    }
    this.#run = this.#spec.executor.start(toTask(this.#spec, isCancellable))
    this.#promise = this.#adaptAsync(this.#run.promise)
    return this.#promise
  }

  async #adaptAsync(promise: Promise<unknown>): Promise<T> {
    return this.#adapt(await promise)
  }

  #block(): Outcome<T> {
    try {
      if (this.#run !== undefined) {
        this.#promise?.catch(ignore)
        return { value: this.#adapt(this.#run.waitSync()) }
      }
      this.#checkBlocking('block')
      return { value: this.#adapt(this.#spec.executor.runSync(toTask(this.#spec))) }
    } catch (error) {
      return { error }
    }
  }

  #checkBlocking(use: Use): void {
    const { executor, kind, name } = this.#spec
    if (
      dispatch(kind ?? 'sync', use, executor.place, executor.canBlock && here.mayBlock) !== 'refuseBlocking'
    )
      return
    throw new CannotBlockError(
      `${name}() is asynchronous and runs on ${executor.name}, which can't be waited for while this thread is ` +
        'blocked; await it, or run it on another thread (loop.import)'
    )
  }

  async #open(): Promise<StreamSource> {
    this.#run ??= this.#spec.executor.start(toTask(this.#spec))
    // Started by itself before it was iterated: its error comes to whoever iterates.
    this.#promise?.catch(ignore)
    return this.#source(await this.#run.promise)
  }

  #source(value: unknown): StreamSource {
    if (isSource(value)) return value
    throw new InvalidArgumentError(
      `${this.#spec.name}() gave a value, not a stream, so it can't be iterated; await it and iterate the value`
    )
  }

  #adapt(value: unknown): T {
    return (isSource(value) ? new SourceStream(this.#spec.name, value) : value) as T
  }

  #move(event: CallEvent): void {
    const next = transition(this.#state, event)
    if (typeof next === 'object')
      throw new InvalidArgumentError(`the call of ${this.#spec.name}() ${next.refused}`)
    this.#state = next
  }
}

const PRINTED: Readonly<Record<CallState, string>> = {
  created: 'not started',
  running: 'started',
  consumed: 'started',
  iterated: 'iterated',
  disarmed: 'replaced by with()'
}
