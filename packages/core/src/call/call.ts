import { inspect } from 'node:util'
import { checkObject } from '../check.js'
import { callTrace } from '../diagnostics/call-trace.js'
import { dispatch, type Use } from '../dispatch.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { InvalidArgumentError } from '../errors/errors.js'
import type { Run, StreamSource, Task } from '../executor/executor.js'
import { here } from '../here.js'
import { standFor } from '../inline/stand-for.js'
import { streams } from '../kind.js'
import { type CallOptions, checkCallOptions } from '../options.js'
import { isMarked } from '../shared.js'
import { isSource } from '../stream/source-mark.js'
import { adapted, blockingIterator, unadapted } from '../stream/stream.js'
import type { AsyncGeneratorLike, GeneratorLike } from '../stream/types.js'
import { callDirectly, isDirect } from './direct.js'
import { RunFuture } from './future.js'
import { lazyIterator } from './iteration.js'
import { awaitTheCallFirst, refuseIterating, refuseUnawaited } from './misuse.js'
import { blockingValue, type Outcome, outcomeOf, promiseOf } from './outcome.js'
import { type CallEvent, type CallState, TRANSITIONS } from './state.js'
import { type CallTarget, configure, toTask } from './target.js'
import type { Future } from './types.js'

const ignore = (): void => {}
/** Not a private name: a call of another copy of core is a call too. */
const mark = Symbol.for('@bridge/core/call')
const settled = Promise.resolve()

/** The one implementation behind all the call types; which methods a caller may use, their types say. */
export class FunctionCall<T> {
  /** What structuredClone trips over. */
  readonly awaitFirst = awaitTheCallFirst
  readonly #target: CallTarget
  readonly #receiver: unknown
  readonly #args: readonly unknown[]
  #state: CallState = 'not started'
  #run: Run | undefined
  #promise: Promise<unknown> | undefined
  #outcome: Outcome | undefined

  constructor(target: CallTarget, receiver: unknown, args: readonly unknown[]) {
    this.#target = target
    this.#receiver = receiver
    this.#args = args
    // A generator's call is lazy until somebody wants its items, as a generator is.
    if (target.kind === undefined || !streams(target.kind)) settled.then(() => this.#autostart())
  }

  static isCall(value: unknown): value is FunctionCall<unknown> {
    return isMarked(value, mark)
  }

  /** Whether it runs while this thread blocks. */
  get hasOwnThread(): boolean {
    return this.#target.executor.place === 'elsewhere'
  }

  get [mark](): true {
    return true
  }

  get [Symbol.toStringTag](): string {
    return 'Call'
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
    // Whoever blocks sees an error here; it must not come a second time as an unhandled rejection.
    this.#promise?.catch(ignore)
    const { name } = this.#target
    this.#outcome ??= outcomeOf(() =>
      adapted(name, this.#run === undefined ? this.#runNow('block') : this.#run.waitSync())
    )
    return blockingValue(name, this.#outcome) as T
  }

  start(): Future<T> {
    this.#move('consume')
    const promise = this.#started(true) as Promise<T>
    const run: Run = this.#run ?? { promise, waitSync: () => this.runSync(), cancel: ignore }
    return new RunFuture<T>(this.#target.name, run, promise)
  }

  with(options: CallOptions): FunctionCall<T> {
    const where = `${this.#target.name}().with()`
    checkObject(where, 'options', options)
    checkCallOptions(where, options)
    const target = configure(this.#target, options)
    this.#move('configure')
    return new FunctionCall<T>(target, this.#receiver, this.#args)
  }

  [Symbol.asyncIterator](): AsyncGeneratorLike<unknown, unknown, unknown> {
    this.#move('iterate')
    return lazyIterator(this.#run !== undefined, isPull => this.#open(isPull))
  }

  [Symbol.iterator](): GeneratorLike<unknown, unknown, unknown> {
    this.#move('iterate')
    const { name } = this.#target
    if (this.#outcome !== undefined) {
      return blockingIterator(name, this.#source(unadapted(blockingValue(name, this.#outcome))))
    }
    const outcome = this.#run === undefined ? this.#runNow('iterateBlocking') : this.#run.waitSync()
    return blockingIterator(name, this.#source(outcome))
  }

  toJSON(): never {
    return refuseUnawaited(this.#target.name, 'serialise')
  }

  [Symbol.toPrimitive](): never {
    return refuseUnawaited(this.#target.name, 'print')
  }

  [inspect.custom](): string {
    return `Call ${this.#target.name} (${this.#state})`
  }

  #autostart(): void {
    if (this.#state !== 'not started') return
    this.#state = 'started'
    this.#started(false)
  }

  #consume(): Promise<T> {
    try {
      this.#move('consume')
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#started(false) as Promise<T>
  }

  #started(isCancellable: boolean): Promise<unknown> {
    if (this.#promise !== undefined) return this.#promise
    if (this.#outcome === undefined && !isCancellable && isDirect(this.#target)) {
      this.#outcome = callDirectly(this.#target, this.#receiver, this.#args)
    }
    this.#promise =
      this.#outcome === undefined
        ? callTrace.promise(this.#target, trace => this.#awaited(isCancellable, trace))
        : promiseOf(this.#outcome)
    return this.#promise
  }

  #begin(isCancellable: boolean, trace?: Task['trace'], isPulled = false): Run {
    this.#run ??= this.#target.executor.start(this.#task(isCancellable, trace, isPulled))
    return this.#run
  }

  #task(isCancellable: boolean, trace: Task['trace'], isPulled = false): Task {
    return toTask(this.#target, this.#receiver, this.#args, isCancellable, trace, isPulled)
  }

  #runNow(use: Use): unknown {
    const { executor, kind, name } = this.#target
    const way = dispatch(kind ?? 'sync', use, executor.place, executor.canBlock && here.mayBlock)
    if (way === 'refuseBlocking') throw cannotBlock(`${name}() is asynchronous and runs on ${executor.name}`)
    const entry = use === 'block' ? this.runSync : this[Symbol.iterator]
    return callTrace.sync(this.#target, entry, trace => executor.runSync(this.#task(false, trace)))
  }

  // Async and awaiting on purpose: an error that the executor makes further down shows `at async` the caller.
  async #awaited(isCancellable: boolean, trace: Task['trace']): Promise<unknown> {
    return adapted(this.#target.name, await this.#begin(isCancellable, trace).promise)
  }

  async #open(isPull: boolean): Promise<StreamSource> {
    // Started by itself before it was iterated: its error comes to whoever iterates.
    this.#promise?.catch(ignore)
    if (this.#outcome !== undefined) {
      const value = unadapted(await promiseOf(this.#outcome))
      return this.#source(await standFor(this.#target.name, value, 'await', undefined))
    }
    return this.#source(await this.#begin(false, undefined, isPull).promise)
  }

  #source(outcome: unknown): StreamSource {
    return isSource(outcome) ? outcome : refuseIterating(this.#target.name)
  }

  #move(event: CallEvent): void {
    const next = TRANSITIONS[this.#state][event]
    if (typeof next === 'object') {
      throw new InvalidArgumentError(`the call of ${this.#target.name}() ${next.refused}`)
    }
    this.#state = next
  }
}
