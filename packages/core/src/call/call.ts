import { checkObject } from '../check.js'
import { callTrace } from '../diagnostics/call-trace.js'
import { traceDropped } from '../diagnostics/dropped-trace.js'
import { dispatch, type Use } from '../dispatch.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { DeadlockError, InvalidArgumentError } from '../errors/errors.js'
import type { Run, StreamSource, Task } from '../executor/executor.js'
import { here } from '../here.js'
import { standFor } from '../inline/kind-of-result.js'
import { streams } from '../kind.js'
import { inspect } from '../node.js'
import { type CallOptions, checkCallOptions } from '../options.js'
import { ignore } from '../promise.js'
import { isEndOf } from '../scope/limits.js'
import { adapted, blockingIterator, showThrown, sourceOf, unadapted } from '../stream/stream.js'
import type { AsyncGeneratorLike, GeneratorLike } from '../stream/types.js'
import { CALL_MARK, isCall } from './call-mark.js'
import { RunFuture } from './future.js'
import { lazyIterator } from './iteration.js'
import { callDirectly, isDirect } from './local-call.js'
import { type Cell, type MadeCalls, runSyncInOrder, type Startable, startInOrder } from './made-calls.js'
import { hasSurroundings, inMaking, type Making, makingNow } from './making.js'
import { awaitTheCallFirst, refuseUnawaited } from './misuse.js'
import { blockingValue, type Outcome, outcomeOf, promiseOf } from './outcome.js'
import { showCaller } from './show-caller.js'
import { type CallEvent, type CallState, TRANSITIONS } from './state.js'
import { type CallTarget, configure, lineOf, toTask } from './target.js'
import type { Future } from './types.js'

const settled = Promise.resolve()

/** What a call that stands for another one takes over from it. */
interface Replaced {
  readonly making: Making | undefined
  /** Where the microtask of its making has not come yet: it starts this one instead. */
  readonly cell: Cell | undefined
}

/** The one implementation behind all the call types; which methods a caller may use, their types say. */
export class FunctionCall<T> implements Startable {
  /** What structuredClone trips over. */
  readonly awaitFirst = awaitTheCallFirst
  readonly #target: CallTarget
  readonly #receiver: unknown
  readonly #args: readonly unknown[]
  /** It belongs to where it was made, wherever it is consumed. */
  readonly #making: Making | undefined
  #cell: Cell | undefined
  #state: CallState = 'not started'
  #run: Run | undefined
  #isAwaited = false
  /** While it is sent, or runs and blocks: what consumes it then waits for what that gives. */
  #isStarting = false
  #promise: Promise<unknown> | undefined
  /** Settles `#promise`, where that was asked for before the call was started. */
  #resolve: ((outcome: Promise<unknown>) => void) | undefined
  #outcome: Outcome | undefined

  constructor(target: CallTarget, receiver: unknown, args: readonly unknown[], replaced?: Replaced) {
    this.#target = target
    this.#receiver = receiver
    this.#args = args
    this.#making = replaced === undefined ? makingNow() : replaced.making
    // A generator's call is lazy until its items are wanted, as a generator is.
    if (target.kind !== undefined && streams(target.kind)) return
    if (replaced?.cell !== undefined) {
      this.#cell = replaced.cell
      this.#cell.call = this
      return
    }
    // The microtask carries all of the context here, and holds the call only until it is consumed.
    const cell: Cell = lineOf(target, receiver)?.add(this) ?? {
      call: this,
      context: undefined,
      line: undefined,
      place: 0
    }
    this.#cell = cell
    settled.then(() => {
      if (replaced === undefined) cell.call?.autostart()
      else cell.call?.startEarly()
      // Nothing else starts it from now on; what looks for resources that are left over must not find this one.
      cell.context?.emitDestroy()
    })
  }

  static isCall(value: unknown): value is FunctionCall<unknown> {
    return isCall(value)
  }

  /** Whether it runs while this thread blocks. */
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
    // The caller that blocks sees an error here; it must not come a second time as an unhandled rejection.
    this.#look()
    this.#promise?.catch(ignore)
    const { name } = this.#target
    if (this.#isStarting) {
      throw new DeadlockError(
        `${name}(): a getter of its arguments, or a callback, blocks on the call itself`
      )
    }
    const outcome =
      this.#outcome ??
      outcomeOf(() =>
        adapted(this.#target, this.#run === undefined ? this.#runNow('block') : this.#run.waitSync())
      )
    // Refused before it ran: it still runs for the caller that awaits it, too.
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
    return new RunFuture<T>(this.#target, run, () => {
      this.#look()
      return promise
    })
  }

  /** Starts it, after those that were made before it. */
  startNow(isCancellable: boolean): Promise<T> {
    if (this.#run !== undefined || this.#outcome !== undefined)
      return this.#started(isCancellable) as Promise<T>
    return inMaking(this.#making, () => this.#started(isCancellable)) as Promise<T>
  }

  with(options: CallOptions): FunctionCall<T> {
    const withdrawn = this.#state === 'started' && this.#run?.withdraw?.() === true ? this.#run : undefined
    if (withdrawn === undefined) this.#move('configure')
    else this.#state = 'replaced by with()'
    // Before the options are looked at: a call that was to have others must not run without them. Its cell stays where it
    // is in the line, for the new call.
    const cell = this.#cell
    this.#cell = undefined
    if (cell !== undefined) cell.call = undefined
    const where = `${this.#target.name}().with()`
    checkObject(where, 'options', options)
    checkCallOptions(where, options)
    const target = configure(this.#target, options)
    const staysHere = target.executor === this.#target.executor
    const next = new FunctionCall<T>(
      { ...target, insteadOf: staysHere ? withdrawn : undefined },
      this.#receiver,
      this.#args,
      { making: this.#making, cell: staysHere ? cell : undefined }
    )
    if (staysHere && withdrawn !== undefined) next.startEarly()
    return next
  }

  [Symbol.asyncIterator](): AsyncGeneratorLike<unknown, unknown, unknown> {
    this.#move('iterate')
    this.#await()
    // It is opened with the first pull, and by nothing before.
    this.#leaveLine()
    return lazyIterator(this.#run !== undefined, isPull => this.#open(isPull))
  }

  [Symbol.iterator](): GeneratorLike<unknown, unknown, unknown> {
    this.#move('iterate')
    this.#look()
    const { name } = this.#target
    if (this.#outcome !== undefined) {
      return blockingIterator(name, sourceOf({ name }, unadapted(blockingValue(name, this.#outcome))))
    }
    const outcome = this.#run === undefined ? this.#runNow('iterateBlocking') : this.#run.waitSync()
    return blockingIterator(name, sourceOf(this.#target, outcome))
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

  /** Called by the microtask of its making, which has the context of it. */
  autostart(): void {
    if (this.#state === 'not started') this.#state = 'started'
    this.#started(false)
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

  /** The calls in whose order it stands. */
  get #line(): MadeCalls | undefined {
    return this.#cell === undefined ? lineOf(this.#target, this.#receiver) : this.#cell.line
  }

  /** Its outcome is looked at: where its scope ends it, that need not be told. */
  #look(): void {
    if (this.#making !== undefined) this.#making.isLookedAt = true
  }

  /** Who awaits it before it has started does so where it was made. */
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
    // The microtask of its making starts it.
    if (this.#cell !== undefined) this.#startedLater()
    return (this.#promise ?? this.startNow(false)) as Promise<T>
  }

  /** What it gives, which whatever starts it, or has begun to, will tell. */
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
    const promise =
      this.#outcome === undefined
        ? callTrace.promise(this.#target, trace => this.#awaited(isCancellable, trace))
        : promiseOf(this.#outcome)
    this.#promise ??= promise
    this.#resolve?.(promise)
    this.#resolve = undefined
    return this.#promise
  }

  #begin(isCancellable: boolean, trace?: Task['trace'], isPulled = false): Run {
    if (this.#run === undefined) {
      const cell = this.#cell
      try {
        this.#run = startInOrder(
          this.#target.executor,
          this.#line,
          cell,
          () => this.#leaving(isCancellable, trace, isPulled),
          () => this.#run
        )
      } finally {
        this.#isStarting = false
      }
      if (this.#isAwaited) this.#run.onAwaited?.()
    }
    return this.#run
  }

  /** Its task, about to be sent: a getter of an argument may make a call, or consume this one, which must not start it again. */
  #leaving(isCancellable: boolean, trace: Task['trace'], isPulled = false): Task {
    this.#leaveLine()
    this.#isStarting = true
    return this.#task(isCancellable, trace, isPulled)
  }

  #task(isCancellable: boolean, trace: Task['trace'], isPulled = false): Task {
    return toTask(this.#target, this.#receiver, this.#args, this.#making, isCancellable, trace, isPulled)
  }

  #runNow(use: Use): unknown {
    const { executor, kind, name } = this.#target
    const way = dispatch(kind ?? 'sync', use, executor.place, executor.canBlock && here.mayBlock)
    if (way === 'refuseBlocking') {
      if (this.#resolve === undefined) this.#leaveLine()
      throw cannotBlock(`${name}() is asynchronous and runs on ${executor.name}`)
    }
    const entry = use === 'block' ? this.runSync : this[Symbol.iterator]
    return callTrace.sync(this.#target, entry, trace => {
      const line = this.#line
      if (line === undefined) {
        this.#leaveLine()
        // Written out: a closure costs a tenth of a call in place.
        if (!hasSurroundings()) return executor.runSync(this.#task(false, trace))
        return inMaking(this.#making, () => executor.runSync(this.#task(false, trace)))
      }
      const cell = this.#cell
      const run = (): unknown =>
        runSyncInOrder(
          executor,
          line,
          cell,
          () => this.#leaving(false, trace),
          () => this.#run
        )
      try {
        return executor.place === 'here' ? inMaking(this.#making, run) : run()
      } finally {
        this.#isStarting = false
      }
    })
  }

  // Async and awaiting on purpose: an error that the executor makes further down shows `at async` the caller.
  async #awaited(isCancellable: boolean, trace: Task['trace']): Promise<unknown> {
    try {
      return adapted(this.#target, await this.#begin(isCancellable, trace).promise)
    } catch (error) {
      showCaller(error)
      showThrown(this.#target, error)
      if (isEndOf(this.#making?.scope, error)) this.#drop(error)
      throw error
    }
  }

  /** What its scope ended counts as handled: a limit of a request must not end the process. */
  #drop(reason: unknown): void {
    this.#promise?.catch(ignore)
    const { name, executor } = this.#target
    traceDropped({ name, executor: executor.name, reason }, () => this.#making?.isLookedAt === true)
  }

  async #open(isPull: boolean): Promise<StreamSource> {
    // Started by itself before it was iterated: its error comes to its consumer.
    this.#promise?.catch(ignore)
    if (this.#outcome !== undefined) {
      const value = unadapted(await promiseOf(this.#outcome))
      const { name, module } = this.#target
      return sourceOf({ name }, await standFor(name, value, 'await', undefined, module !== undefined))
    }
    if (this.#run !== undefined) return sourceOf(this.#target, await this.#run.promise)
    return sourceOf(
      this.#target,
      await callTrace.promise(
        this.#target,
        trace => inMaking(this.#making, () => this.#begin(false, trace, isPull)).promise
      )
    )
  }

  #move(event: CallEvent): void {
    const next = TRANSITIONS[this.#state][event]
    if (typeof next === 'object') {
      throw new InvalidArgumentError(`the call of ${this.#target.name}() ${next.refused}`)
    }
    this.#state = next
  }
}
