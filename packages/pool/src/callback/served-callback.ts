import type { MessagePort } from 'node:worker_threads'
import { type CarriedContext, kindOfResult } from '@bridge/core'
import { encodeThrown, notCloneable, type Task } from '@bridge/core/executor'
import { adopt, apart, leaveScope, restoreOver } from '@bridge/core/internal'
import { sendStream } from '@bridge/iter'
import type { References } from '../lane/wire.js'
import type { SentValue } from '../object/sent-arguments.js'
import { blockedCalls } from '../thread/block-in-turns.js'
import type { Thread } from '../thread/thread.js'
import { blockedBy, needsBlockedThread, tooDeep } from './deadlock-errors.js'
import type { HeldFunction } from './held-functions.js'
import { DEEPEST, type Served, serving } from './served.js'
import {
  type FromCaller,
  type Mode,
  NOTES,
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

/** A call that callbacks are run for. */
export interface RunningCall {
  readonly task: Pick<Task, 'name'>
  /** The callback that it was made in. */
  readonly nestedIn: Served | undefined
  /** What it has sent, where it could send functions. */
  readonly sent?: Pick<SentValue, 'functions' | 'inContext' | 'context'>
  /** Ends it for its caller, whatever it has answered meanwhile, and tells the task. */
  fail(reason: unknown): void
}

/** What a callback needs of the thread that calls it. */
export interface ServedFor {
  readonly thread: Thread
  /** What has arrived from the thread, with what its references mean here. */
  received(data: unknown, references: References): unknown
  /** A value as it is sent there, and that it has been sent. */
  sent(name: string, value: unknown): SentValue
  hold(sent: SentValue): void
  /** The call of that id, while it runs there. */
  callOf(id: number | undefined): RunningCall | undefined
}

/** What the thread asks for. */
export interface Asked {
  readonly held: HeldFunction
  readonly args: unknown
  readonly references: References
  readonly context: CarriedContext | undefined
  readonly forCall: number | undefined
}

/** Where its answers go. */
export interface Answers {
  post(message: FromCaller, moves?: readonly MessagePort[]): void
  /** Wakes the thread for what came over another port. */
  wake(): void
  /** It has been answered for good. */
  onEnd(): void
}

/** One call of a function of this thread's, for a task on another one. */
export class ServedCallback {
  readonly #for: ServedFor
  readonly #asked: Asked
  readonly #call: number
  readonly #mode: Mode
  readonly #answers: Answers
  readonly served: Served
  #isGivenUp = false

  constructor(servedFor: ServedFor, asked: Asked, call: number, mode: Mode, answers: Answers) {
    this.#for = servedFor
    this.#asked = asked
    this.#call = call
    this.#mode = mode
    this.#answers = answers
    this.served = servedOf(servedFor, asked, call, mode)
  }

  /** Runs it now or, where it needs the event loop of a blocked thread, as soon as that turns again. */
  run(): void {
    const { held, forCall } = this.#asked
    if (this.served.depth > DEEPEST) return this.#threw(tooDeep(this.served))
    const isSync = this.#mode === WAITS || this.#mode === STREAMS
    if (isSync || blockedCalls().length === 0) return this.#start()
    const blocking = blockedBy(forCall)
    if (blocking === undefined) queueMicrotask(() => this.#start())
    else this.#threw(needsBlockedThread(held.name, blocking))
  }

  /** Nobody waits for it any more. */
  giveUp(): void {
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
      // The thread learns that it would wait for ever; how the function ends, nobody will look at.
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

  /** The thread waits on without being blocked by it: what was made in it may run there. */
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

/** Runs a callback that nobody waits for; its error ends the call that it belongs to. */
export function runNote(servedFor: ServedFor, asked: Asked): void {
  const fail = (error: unknown): void => {
    const call = servedFor.callOf(asked.forCall)
    if (call !== undefined) call.fail(error)
    else {
      queueMicrotask(() => {
        throw error
      })
    }
  }
  try {
    const result = apply(servedFor, asked, { ...servedOf(servedFor, asked, 0, NOTES), isOver: true })
    if (kindOfResult(result) === 'async') adopt(result).catch(fail)
  } catch (error) {
    fail(error)
  }
}

function servedOf(servedFor: ServedFor, { held, forCall }: Asked, number: number, mode: Mode): Served {
  const call = servedFor.callOf(forCall)
  const outer = call?.nestedIn
  return {
    name: held.name,
    thread: servedFor.thread,
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

/** Calls the function in the context of the call that it was passed to, and with what the task has set on top. */
function apply(servedFor: ServedFor, asked: Asked, served: Served): unknown {
  const received = servedFor.received(asked.args, asked.references) as never[]
  return inContext(servedFor, asked, served, () => Reflect.apply(asked.held.fn, undefined, received))
}

function inContext<R>(
  servedFor: ServedFor,
  { held, context, forCall }: Asked,
  served: Served,
  step: () => R
): R {
  const sent = servedFor.callOf(forCall)?.sent
  const isOwn = sent?.functions?.some(({ fn }) => fn === held.fn) === true
  const before = isOwn ? sent.context : held.context
  // What it sets is not there for the next one: the context that it was handed over in is kept.
  const run = (): R => apart(() => restoreOver(context, before, () => serving(served, step)))
  // What bounded a call that has ended must not bound what happens long after it.
  return isOwn && sent.inContext !== undefined ? sent.inContext(run) : held.inContext(() => leaveScope(run))
}
