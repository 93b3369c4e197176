import { blocking } from '../diagnostics/call-trace.js'
import { traceDropped } from '../diagnostics/dropped-trace.js'
import { dispatch, type Use } from '../dispatch.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { DeadlockError, InvalidArgumentError } from '../errors/errors.js'
import type { Run, StreamSource, Task } from '../executor/executor.js'
import { here } from '../here.js'
import { streams } from '../kind.js'
import { inspect } from '../node.js'
import type { CallOptions } from '../options.js'
import { ignore } from '../promise.js'
import { isEndOf } from '../scope/limits.js'
import { isSource } from '../stream/source-mark.js'
import { adapted, blockingIterator, showThrown, sourceOf, unadapted } from '../stream/stream.js'
import type { AsyncGeneratorLike, GeneratorLike } from '../stream/types.js'
import { CALL_MARK, isCall } from './call-mark.js'
import { RunFuture } from './future.js'
import { lazyIterator } from './iteration.js'
import { callDirectly, isDirect } from './local-call.js'
import {
  type Cell,
  cellOf,
  type MadeCalls,
  runSyncInOrder,
  type Startable,
  startInOrder
} from './made-calls.js'
import { beginTrace, hasSurroundings, inMaking, type Making, makingOf } from './making.js'
import { awaitTheCallFirst, refuseUnawaited } from './misuse.js'
import { openedBy, sourceAfter } from './opening.js'
import { blockingValue, type Outcome, outcomeOf, promiseOf } from './outcome.js'
import { showCaller } from './show-caller.js'
import { type CallEvent, type CallState, TRANSITIONS } from './state.js'
import { type CallTarget, configured, lineOf, toTask } from './target.js'
import type { Future } from './types.js'

const settled = Promise.resolve()

/** What a new call takes over from the call that it replaces. */
interface Replaced {
  readonly making: Making | undefined
  /** Set until the microtask scheduled when the call was made has run: it starts the new call instead. */
  readonly cell: Cell | undefined
}

/** The one implementation of all call types; their types determine which methods a caller may use. */
export class FunctionCall<T> implements Startable {
  /** structuredClone fails on this property. */
  readonly awaitFirst = awaitTheCallFirst
  readonly #target: CallTarget
  readonly #receiver: unknown
  readonly #args: readonly unknown[]
  /** The call belongs to the place where it was made, wherever it is consumed. */
  readonly #making: Making | undefined
  #cell: Cell | undefined
  #state: CallState = 'not started'
  #run: Run | undefined
  #isAwaited = false
  /** True while the call is being sent, or runs and blocks: a consumer then waits for the result of that. */
  #isStarting = false
  #promise: Promise<unknown> | undefined
  /** Settles `#promise`, if that was requested before the call was started. */
  #resolve: ((outcome: Promise<unknown>) => void) | undefined
  #outcome: Outcome | undefined

  constructor(target: CallTarget, receiver: unknown, args: readonly unknown[], replaced?: Replaced) {
    this.#target = target
    this.#receiver = receiver
    this.#args = args
    // A generator's call is lazy until its items are requested, as a generator is.
    const isLazy = target.kind !== undefined && streams(target.kind)
    this.#making = replaced === undefined ? makingOf(target, isLazy) : replaced.making
    if (isLazy) return
    if (replaced?.cell !== undefined) {
      this.#cell = replaced.cell
      this.#cell.call = this
      return
    }
    // The microtask carries the whole context, and holds the call only until it is consumed.
    const cell = cellOf(lineOf(target, receiver), this)
    this.#cell = cell
    settled.then(() => {
      if (replaced === undefined) cell.call?.autostart()
      else cell.call?.startEarly()
      // Nothing else starts it from now on. Tools that search for leaked resources must not report this resource.
      cell.context?.emitDestroy()
    })
  }

  static isCall(value: unknown): value is FunctionCall<unknown> {
    return isCall(value)
  }

  /** Whether it runs while this thread is blocked. */
  get hasOwnThread(): boolean {
    return this.#target.executor.place === 'elsewhere'
  }

  get [CALL_MARK](): true {
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
    // The blocking caller gets the error here; it must not be reported again as an unhandled rejection.
    this.#look()
    this.#promise?.catch(ignore)
    const { name } = this.#target
    if (this.#isStarting) {
      throw new DeadlockError(
        `${name}(): a getter of its arguments, or a callback, blocks on the call itself`
      )
    }
    const outcome = this.#outcome ?? outcomeOf(() => adapted(this.#target, this.#waited('block')))
    // Refused before it ran; it still runs for the caller that awaits it.
    if (this.#resolve !== undefined && this.#cell !== undefined) return blockingValue(name, outcome) as T
    this.#outcome = outcome
    this.#resolve?.(promiseOf(this.#outcome))
    this.#resolve = undefined
    return blockingValue(name, outcome) as T
  }

  start(): Future<T> {
    this.#move('consume')
    const promise = this.startNow(true)
    const run: Run = this.#run ?? { promise, waitSync: () => this.runSync(), cancel: ignore }
    const look = (): Promise<T> => {
      this.#look()
      return promise
    }
    return new RunFuture<T>(this.#target, run, look, outcome => this.#traced(outcome))
  }

  /** Starts it, after the calls that were made before it. */
  startNow(isCancellable: boolean): Promise<T> {
    if (this.#run !== undefined || this.#outcome !== undefined)
      return this.#started(isCancellable) as Promise<T>
    beginTrace(this.#making)
    return inMaking(this.#making, () => this.#started(isCancellable)) as Promise<T>
  }

  with(options: CallOptions): FunctionCall<T> {
    const dequeued = this.#state === 'started' && this.#run?.dequeue?.() === true ? this.#run : undefined
    if (dequeued === undefined) this.#move('configure')
    else this.#state = 'replaced by with()'
    // Before the options are checked: a call that was to have other options must not run without them. Its cell keeps
    // its position in the queue of made calls, for the new call.
    const cell = this.#cell
    this.#cell = undefined
    if (cell !== undefined) cell.call = undefined
    const target = configured(this.#target, options, this.#making)
    const staysHere = target.executor === this.#target.executor
    const next = new FunctionCall<T>(
      { ...target, insteadOf: staysHere ? dequeued : undefined },
      this.#receiver,
      this.#args,
      { making: this.#making, cell: staysHere ? cell : undefined }
    )
    if (staysHere && dequeued !== undefined) next.startEarly()
    return next
  }

  [Symbol.asyncIterator](): AsyncGeneratorLike<unknown, unknown, unknown> {
    this.#move('iterate')
    this.#await()
    this.#leaveLine()
    return lazyIterator(this.#run !== undefined, isPull => this.#open(isPull), this.#making?.traced)
  }

  [Symbol.iterator](): GeneratorLike<unknown, unknown, unknown> {
    this.#move('iterate')
    this.#look()
    const { name } = this.#target
    if (this.#outcome !== undefined) {
      return blockingIterator(name, sourceOf({ name }, unadapted(blockingValue(name, this.#outcome))))
    }
    return blockingIterator(name, sourceOf(this.#target, this.#waited('iterateBlocking')))
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

  /** Called by the microtask that was scheduled when the call was made, in the context of that. */
  autostart(): void {
    if (this.#state === 'not started') this.#state = 'started'
    if (this.#making?.traced === undefined) this.#started(false)
    else this.startNow(false)
  }

  startEarly(): void {
    if (this.#state === 'not started') this.#state = 'started'
    this.startNow(false)
  }

  #leaveLine(): void {
    const cell = this.#cell
    if (cell === undefined) return
    this.#cell = undefined
    if (cell.line === undefined) cell.call = undefined
    else cell.line.empty(cell)
  }

  /** The queue of made calls that it belongs to. */
  get #line(): MadeCalls | undefined {
    return this.#cell === undefined ? lineOf(this.#target, this.#receiver) : this.#cell.line
  }

  /** Marks its outcome as handled: if its scope ends it, that need not be reported. */
  #look(): void {
    if (this.#making !== undefined) this.#making.isLookedAt = true
  }

  /** An `await` before the start of the call runs where the call was made. */
  #await(): void {
    this.#look()
    this.#isAwaited = true
    this.#run?.onAwaited?.()
  }

  #consume(): Promise<T> {
    this.#await()
    try {
      this.#move('consume')
    } catch (error) {
      return Promise.reject(error)
    }
    // The scheduled microtask starts it.
    if (this.#cell !== undefined) this.#startedLater()
    return (this.#promise ?? this.startNow(false)) as Promise<T>
  }

  /** Its result, to be settled by the code that starts it or is starting it. */
  #startedLater(): Promise<unknown> {
    this.#promise ??= new Promise(resolve => {
      this.#resolve = resolve
    })
    return this.#promise
  }

  #started(isCancellable: boolean): Promise<unknown> {
    if (this.#promise !== undefined && this.#resolve === undefined) return this.#promise
    if (this.#isStarting) return this.#startedLater()
    if (this.#outcome === undefined && !isCancellable && isDirect(this.#target, this.#making)) {
      this.#leaveLine()
      this.#outcome = callDirectly(this.#target, this.#receiver, this.#args)
    }
    const promise = this.#outcome === undefined ? this.#awaited(isCancellable) : promiseOf(this.#outcome)
    this.#making?.traced?.onSent()
    this.#promise ??= promise
    this.#resolve?.(promise)
    this.#resolve = undefined
    return this.#promise
  }

  #begin(isCancellable: boolean, isPulled = false): Run {
    if (this.#run === undefined) {
      const cell = this.#cell
      try {
        this.#run = startInOrder(
          this.#target.executor,
          this.#line,
          cell,
          () => this.#leaving(isCancellable, isPulled),
          () => this.#run
        )
      } finally {
        this.#isStarting = false
      }
      if (this.#isAwaited) this.#run.onAwaited?.()
    }
    return this.#run
  }

  /** Its task, about to be sent. A getter of an argument may make or consume a call, which must not start this call again. */
  #leaving(isCancellable: boolean, isPulled = false): Task {
    this.#leaveLine()
    this.#isStarting = true
    return this.#task(isCancellable, isPulled)
  }

  #task(isCancellable: boolean, isPulled = false): Task {
    return toTask(this.#target, this.#receiver, this.#args, this.#making, isCancellable, isPulled)
  }

  #waited(use: Use): unknown {
    return this.#run === undefined ? this.#runNow(use) : this.#traced(this.#run.waitSync())
  }

  #runNow(use: Use): unknown {
    const { executor, kind, name } = this.#target
    const way = dispatch(kind ?? 'sync', use, executor.place, executor.canBlock && here.mayBlock)
    if (way === 'refuseBlocking') {
      const refused = cannotBlock(`${name}() is asynchronous and runs on ${executor.name}`)
      if (this.#resolve === undefined) {
        this.#leaveLine()
        this.#making?.traced?.block()
        this.#making?.traced?.fail(refused)
      }
      throw refused
    }
    const entry = use === 'block' ? this.runSync : this[Symbol.iterator]
    const traced = beginTrace(this.#making)
    return blocking(this.#target, traced, entry, () => {
      const line = this.#line
      if (line === undefined) {
        this.#leaveLine()
        // Written out, because a closure costs a tenth of a local call.
        if (traced === undefined && !hasSurroundings()) return executor.runSync(this.#task(false))
        return inMaking(this.#making, () => executor.runSync(this.#task(false)))
      }
      const cell = this.#cell
      const run = (): unknown =>
        runSyncInOrder(
          executor,
          line,
          cell,
          () => this.#leaving(false),
          () => this.#run
        )
      try {
        return executor.place === 'here' || traced !== undefined ? inMaking(this.#making, run) : run()
      } finally {
        this.#isStarting = false
      }
    })
  }

  // Async and awaiting on purpose: an error that the executor creates further down then shows `at async` the caller.
  async #awaited(isCancellable: boolean): Promise<unknown> {
    const traced = this.#making?.traced
    try {
      const outcome = this.#traced(await this.#begin(isCancellable).promise)
      const shown = adapted(this.#target, outcome)
      if (!isSource(outcome)) traced?.settle(shown)
      return shown
    } catch (error) {
      showCaller(error)
      showThrown(this.#target, error)
      traced?.fail(error)
      if (isEndOf(this.#making?.scope, error)) {
        // An error that its scope caused counts as handled: a limit of a request must not end the process.
        this.#promise?.catch(ignore)
        traceDropped(this.#target, error, () => this.#making?.isLookedAt === true)
      }
      throw error
    }
  }

  async #open(isPull: boolean): Promise<StreamSource> {
    // It was started automatically before it was iterated: its consumer gets the error.
    this.#promise?.catch(ignore)
    if (this.#outcome !== undefined) return sourceAfter(this.#target, this.#outcome)
    if (this.#run !== undefined) return sourceOf(this.#target, this.#traced(await this.#run.promise))
    return openedBy(this.#target, this.#making, () => this.#begin(false, isPull))
  }

  /** Its outcome, with the end of a stream reported to a tracer. */
  #traced(outcome: unknown): unknown {
    return this.#making?.traced === undefined ? outcome : this.#making.traced.outcome(outcome)
  }

  #move(event: CallEvent): void {
    const next = TRANSITIONS[this.#state][event]
    if (typeof next === 'object') {
      throw new InvalidArgumentError(`the call of ${this.#target.name}() ${next.refused}`)
    }
    this.#state = next
  }
}
