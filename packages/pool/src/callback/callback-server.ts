import type { MessagePort } from 'node:worker_threads'
import { type CarriedContext, kindOfResult } from '@bridge/core'
import { encodeThrown, notCloneable, type Task } from '@bridge/core/executor'
import { adopt, leaveScope, restoreOver, runIsolated } from '@bridge/core/internal'
import { sendStream } from '@bridge/iter'
import type { References } from '../connection/wire.js'
import type { SentValue } from '../object/sent-arguments.js'
import { blockedCalls } from '../thread/block-in-turns.js'
import type { Thread } from '../thread/thread.js'
import { type CallbackFrame, DEEPEST, serving } from './callback-frame.js'
import { blockedBy, needsBlockedThread, tooDeep } from './deadlock-errors.js'
import type { HeldFunction } from './held-functions.js'
import {
  type FromCaller,
  type Mode,
  NOTIFICATIONS,
  PROMISED,
  PROMISES,
  RETURNED,
  STREAMED,
  STREAMS,
  STREAMS_LATER,
  THREW,
  WAITS
} from './wire.js'

const ignore = (): void => {}

/** A call for which callbacks run. */
export interface RunningCall {
  readonly task: Pick<Task, 'name'>
  /** The callback in which it was made. */
  readonly nestedIn: CallbackFrame | undefined
  /** What it has sent, if it could send functions. */
  readonly sent?: Pick<SentValue, 'functions' | 'inContext' | 'context'>
  /** Fails it for its caller, whatever its answer is, and cancels the task. */
  fail(reason: unknown): void
}

/** What a callback needs from the thread that calls it. */
export interface CallbackParent {
  readonly thread: Thread
  /** The data received from the thread, with its references replaced. */
  received(data: unknown, references: References): unknown
  /** A value in the form in which it is sent there; records that it was sent. */
  sent(name: string, value: unknown): SentValue
  hold(sent: SentValue): void
  /** The call with that id, while it runs there. */
  callOf(id: number | undefined): RunningCall | undefined
}

/** A callback that the thread requests. */
export interface Asked {
  readonly held: HeldFunction
  readonly args: unknown
  readonly references: References
  readonly context: CarriedContext | undefined
  readonly forCall: number | undefined
}

/** Sends its answers. */
export interface Answers {
  post(message: FromCaller, transferList?: readonly MessagePort[]): void
  /** Wakes the thread for a message on another port. */
  wake(): void
  /** Its last answer has been sent. */
  onEnd(): void
}

/** One call of a function of this thread, for a task on another thread. */
export class CallbackServer {
  readonly #for: CallbackParent
  readonly #asked: Asked
  readonly #call: number
  readonly #mode: Mode
  readonly #answers: Answers
  readonly served: CallbackFrame
  #isGivenUp = false

  constructor(callbackParent: CallbackParent, asked: Asked, call: number, mode: Mode, answers: Answers) {
    this.#for = callbackParent
    this.#asked = asked
    this.#call = call
    this.#mode = mode
    this.#answers = answers
    this.served = servedOf(callbackParent, asked, call, mode)
  }

  /** Runs it now or, if it needs the event loop of a blocked thread, as soon as that turns again. */
  run(): void {
    const { held, forCall } = this.#asked
    if (this.served.depth > DEEPEST) return this.#threw(tooDeep(this.served))
    const isSync = this.#mode === WAITS || this.#mode === STREAMS
    if (isSync || blockedCalls().length === 0) return this.#start()
    const blocking = blockedBy(forCall)
    if (blocking === undefined) queueMicrotask(() => this.#start())
    else this.#threw(needsBlockedThread(held.name, blocking))
  }

  /** Abandons it: its caller no longer waits. */
  abandon(): void {
    this.#isGivenUp = true
    this.#end()
  }

  #start(): void {
    if (this.#isGivenUp) return
    try {
      this.#settle(apply(this.#for, this.#asked, this.served))
    } catch (error) {
      this.#threw(error)
    }
  }

  #settle(result: unknown): void {
    const kind = kindOfResult(result, true)
    if (kind === 'sync') return this.#returned(result)
    const { held, forCall } = this.#asked
    const blocking = blockedCalls().length > 0 ? blockedBy(forCall) : undefined
    this.served.needsLoop = kind !== 'generator'
    if (kind === 'generator') return this.#stream(result as Iterable<unknown>)
    if (blocking !== undefined && kind === 'asyncGenerator') {
      return this.#threw(needsBlockedThread(held.name, blocking))
    }
    if (kind === 'asyncGenerator') return this.#stream(result as AsyncIterable<unknown>)
    const promise = result as PromiseLike<unknown>
    if (blocking !== undefined) {
      // The thread gets an error, because it would wait for ever; the outcome of the function is ignored.
      adopt(promise).catch(ignore)
      return this.#threw(needsBlockedThread(held.name, blocking))
    }
    if (this.#mode === WAITS) {
      this.#answers.post([PROMISED, this.#call])
      this.#unblock()
    }
    adopt(promise).then(
      value => this.#settle(value),
      (error: unknown) => this.#threw(error)
    )
  }

  #returned(value: unknown): void {
    if (this.#isGivenUp) return
    this.#end()
    const { name } = this.#asked.held
    try {
      const sent = this.#for.sent(name, value)
      this.#answers.post([RETURNED, this.#call, sent.data, sent.references])
      this.#for.hold(sent)
    } catch (error) {
      this.#answers.post([
        THREW,
        this.#call,
        encodeThrown(notCloneable(`${name}()`, 'its result', value, error))
      ])
    }
  }

  #stream(items: Iterable<unknown> | AsyncIterable<unknown>): void {
    if (this.#isGivenUp) return
    const sent = sendStream(items, {
      enter: step => inContext(this.#for, this.#asked, this.served, step),
      onSend: () => this.#answers.wake()
    })
    // The thread waits for each of its steps.
    void sent.ended.then(() => this.#end())
    this.#answers.post([STREAMED, this.#call, sent], [sent.port])
    this.#unblock()
  }

  /** The thread continues to wait without being blocked by it: calls that were made in it may run there. */
  #unblock(): void {
    this.served.isBlocking = false
    for (const look of this.served.onUnblocked.splice(0)) look()
  }

  #threw(error: unknown): void {
    if (this.#isGivenUp) return
    this.#end()
    this.#answers.post([THREW, this.#call, encodeThrown(error)])
  }

  #end(): void {
    if (this.served.isOver) return
    this.served.isOver = true
    this.#answers.onEnd()
  }
}

/** Runs a one-way callback; its error ends the call that it belongs to. */
export function runNotification(callbackParent: CallbackParent, asked: Asked): void {
  const fail = (error: unknown): void => {
    const call = callbackParent.callOf(asked.forCall)
    if (call !== undefined) call.fail(error)
    else {
      queueMicrotask(() => {
        throw error
      })
    }
  }
  try {
    const result = apply(callbackParent, asked, {
      ...servedOf(callbackParent, asked, 0, NOTIFICATIONS),
      isOver: true
    })
    if (kindOfResult(result) === 'async') adopt(result).catch(fail)
  } catch (error) {
    fail(error)
  }
}

function servedOf(
  callbackParent: CallbackParent,
  { held, forCall }: Asked,
  number: number,
  mode: Mode
): CallbackFrame {
  const call = callbackParent.callOf(forCall)
  const outer = call?.nestedIn
  return {
    name: held.name,
    thread: callbackParent.thread,
    call: number,
    forCall,
    callName: call?.task.name,
    outer,
    depth: (outer?.depth ?? 0) + 1,
    isBlocking: mode === WAITS,
    needsLoop: mode === PROMISES || mode === STREAMS_LATER,
    onUnblocked: [],
    isOver: false
  }
}

/** Calls the function in the context of the call that it was passed to, with the values that the task has set on top. */
function apply(callbackParent: CallbackParent, asked: Asked, served: CallbackFrame): unknown {
  const received = callbackParent.received(asked.args, asked.references) as never[]
  return inContext(callbackParent, asked, served, () => Reflect.apply(asked.held.fn, undefined, received))
}

function inContext<R>(
  callbackParent: CallbackParent,
  { held, context, forCall }: Asked,
  served: CallbackFrame,
  step: () => R
): R {
  const sent = callbackParent.callOf(forCall)?.sent
  const isOwn = sent?.functions?.some(({ fn }) => fn === held.fn) === true
  const before = isOwn ? sent.context : held.context
  // Values that it sets are not visible to the next call: the context in which it was passed is kept.
  const run = (): R => runIsolated(() => restoreOver(context, before, () => serving(served, step)))
  // The limits of a call that has ended must not apply to callbacks that run long after it.
  return isOwn && sent.inContext !== undefined ? sent.inContext(run) : held.inContext(() => leaveScope(run))
}
