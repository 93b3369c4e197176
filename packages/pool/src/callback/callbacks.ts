import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { CallAbortedError } from '@bridge/core'
import { encodeThrown, type Transferable, unreadable } from '@bridge/core/executor'
import { ById } from '../connection/by-id.js'
import { ReadHeads, SentHeads } from '../connection/message-heads.js'
import { takeMessage } from '../connection/take-message.js'
import {
  CALLBACKS_TO_PARENT,
  CALLBACKS_TO_THREAD,
  HEAD,
  type HeadMessage,
  UNREAD,
  WAKE_COUNT
} from '../connection/wire.js'
import type { SentArguments, SentValue } from '../object/sent-arguments.js'
import { blockedCalls } from '../thread/block-in-turns.js'
import type { DirectRun } from '../thread/direct-run.js'
import type { QueuedRun } from '../thread/queued-run.js'
import { needStack, SERVING } from '../thread/stack-room.js'
import type { CallbackFrame } from './callback-frame.js'
import { type CallbackParent, CallbackServer, runNotification } from './callback-server.js'
import { HeldFunctions, type InContext } from './held-functions.js'
import {
  ABANDON,
  BEGUN,
  BLOCKED,
  CALLBACKS_SENT,
  type FromCaller,
  INNER,
  type INVOKE,
  NOTIFICATIONS,
  NOTIFICATIONS_TAKEN,
  PARKED,
  PARKED_AT,
  PARKED_BY,
  THREW,
  type ToCaller
} from './wire.js'

/** What the callbacks of one thread need from it. */
export interface CallbackThread extends CallbackParent {
  readonly control: Int32Array<SharedArrayBuffer>
  readonly heads: SharedArrayBuffer
  /** Wakes the thread if it waits. */
  notify(): void
  reclaim(call: QueuedRun | DirectRun): boolean
  /** The thread has started an inner call. */
  onBegun(inner: number): void
  /** Reads the output that it printed before its current request. */
  readPrinted(): void
  /** Sends the thread its end of the port. */
  open(port: MessagePort): void
}

/** The parent's functions that one thread holds, and the port over which it calls them. */
export class Callbacks {
  readonly #thread: CallbackThread
  readonly #held = new HeldFunctions()
  readonly #served = new ById<CallbackServer>()
  readonly #sentHeads: SentHeads
  readonly #readHeads: ReadHeads
  #port: MessagePort | undefined
  #received = 0
  /** Messages that have arrived and are not handled yet. */
  readonly #arrived: Exclude<ToCaller, HeadMessage>[] = []

  constructor(thread: CallbackThread) {
    this.#thread = thread
    this.#sentHeads = new SentHeads(thread.heads, CALLBACKS_TO_THREAD)
    this.#readHeads = new ReadHeads(thread.heads, CALLBACKS_TO_PARENT)
  }

  /** How many answers of the parent the thread waits for. */
  get awaited(): number {
    return this.#served.size
  }

  /**
   * The message since which the thread can do nothing but wait for the parent; `undefined` while it can do something
   * else.
   */
  get parkedAt(): number | undefined {
    const { control } = this.#thread
    const at = Atomics.load(control, PARKED_AT)
    // A thread that was already woken may have to wait for a processor.
    return Atomics.load(control, PARKED) === 1 && at === Atomics.load(control, WAKE_COUNT) ? at : undefined
  }

  /** Whether its event loop is blocked by callbacks and streams of the parent. */
  get isBlocked(): boolean {
    return Atomics.load(this.#thread.control, BLOCKED) > 0
  }

  /** The number of what it waits for while it is parked: of a callback or, negated, of a stream. */
  get parkedBy(): number | undefined {
    const { control } = this.#thread
    const by = Atomics.load(control, PARKED_BY)
    // It sets the reason before the state.
    return this.parkedAt === undefined ? undefined : by
  }

  /** The callbacks that it waits for. */
  get served(): readonly CallbackFrame[] {
    return this.#served.members.map(({ served }) => served)
  }

  /** The callback that it waits for under that number. */
  servedBy(call: number): CallbackFrame | undefined {
    return this.#served.get(call)?.served
  }

  /** Reclaims a call that the thread can't start while it waits; `false` when it has started or was moved there. */
  reclaim(call: QueuedRun | DirectRun): boolean {
    return this.#thread.reclaim(call)
  }

  /** Functions are about to be sent: from now on the thread can call them. */
  open(): void {
    if (this.#port !== undefined) return
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#thread.open(port2)
    port1.on('message', this.#onMessage)
    port1.on('messageerror', this.#onUnread)
    // A function that a thread holds does not keep the process alive; a call that waits for it does.
    port1.unref()
  }

  /** Functions have been sent. */
  hold({ functions, inContext, context }: Pick<SentValue, 'functions' | 'inContext' | 'context'>): void {
    for (const { id, fn, name } of functions ?? []) {
      this.#held.add(id, fn, name, inContext as InContext, context)
    }
  }

  /** The thread has released a function that it received so many times. */
  releaseFunction(id: number, received: number): void {
    this.#held.releaseFunction(id, received)
  }

  /** Functions have been sent that the thread never received. */
  release({ functions }: Pick<SentArguments, 'functions'>): void {
    for (const { id } of functions ?? []) this.#held.releaseFunction(id, 1)
  }

  /** The function that a returned reference refers to. */
  find(id: number): unknown {
    return this.#held.get(id)?.fn
  }

  /**
   * Sends a call that is nested in a call that waits for this thread: the thread runs it although it waits.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  sendInner({ id, task, sent, transferList }: QueuedRun): void {
    const { module, name, operation, deadline, context } = task
    const { args, references } = sent
    this.open()
    if (operation === 'new') this.#post([HEAD, 0, args[0] as number, name], [], 0)
    const named = { module: module as string, name, operation }
    this.#post([INNER, id, named, args, deadline, context, references], transferList, -id)
    this.hold(sent)
  }

  /** Handles the messages of the thread, while this thread is blocked or about to handle an answer. */
  receive(): void {
    if (this.#port === undefined) return
    this.#take()
    while (Atomics.load(this.#thread.control, CALLBACKS_SENT) !== this.#received) {
      const message = takeMessage<ToCaller>(this.#port, this.#onUnread)
      if (message === undefined) return
      this.#onMessage(message)
    }
  }

  /** The thread has ended. */
  close(): void {
    const port = this.#port
    if (port === undefined) return
    this.#port = undefined
    port.off('message', this.#onMessage)
    port.off('messageerror', this.#onUnread)
    port.close()
    this.#arrived.length = 0
    this.#held.clear()
    for (const served of this.#served.members) served.abandon()
    this.#served.clear()
  }

  readonly #onMessage = (message: ToCaller): void => {
    this.#received = (this.#received + 1) | 0
    this.#readHeads.count(message[0] === HEAD ? message[1] : undefined)
    if (message[0] === HEAD) return
    this.#arrived.push(message)
    this.#take()
  }

  /** If the stack has no room for a callback, the blocked caller gets an error, and the callback runs later. */
  readonly #take = (): void => {
    while (this.#arrived.length > 0) {
      if (blockedCalls().length > 0) this.#needStack()
      this.#thread.readPrinted()
      const message = this.#arrived.shift()
      if (message !== undefined) this.#obey(message)
    }
  }

  #needStack(): void {
    let hasRoom = false
    try {
      needStack(SERVING)
      hasRoom = true
    } finally {
      if (!hasRoom) queueMicrotask(this.#take)
    }
  }

  #obey(message: Exclude<ToCaller, HeadMessage>): void {
    if (message[0] === BEGUN) this.#thread.onBegun(message[1])
    else if (message[0] === ABANDON) this.#served.get(message[1])?.abandon()
    else if (message[3] === NOTIFICATIONS) this.#note(message)
    else this.#serve(message)
  }

  readonly #onUnread = ({ message: why }: Error): void => {
    this.#received = (this.#received + 1) | 0
    const head = this.#readHeads.unread()
    if (head > 0) return this.#post([UNREAD, head, 'its arguments', why])
    this.#thread.callOf(-head)?.fail(unreadable('a callback', 'its arguments', why))
    this.#countNotification()
  }

  #note([, , callback, , args, references, context, forCall]: Extract<ToCaller, { 0: typeof INVOKE }>): void {
    const held = this.#held.get(callback)
    if (held !== undefined) {
      runNotification(this.#thread, { held, args: args as unknown[], references, context, forCall })
    }
    this.#countNotification()
  }

  #countNotification(): void {
    Atomics.add(this.#thread.control, NOTIFICATIONS_TAKEN, 1)
    this.#thread.notify()
  }

  #serve([, call, callback, mode, args, references, context, forCall]: Extract<
    ToCaller,
    { 0: typeof INVOKE }
  >): void {
    const held = this.#held.get(callback)
    if (held === undefined) return this.#refuse(call)
    const asked = { held, args: args as unknown[], references, context, forCall }
    const served = new CallbackServer(this.#thread, asked, call, mode, {
      post: (message, transferList) => this.#post(message, transferList),
      wake: () => this.#thread.notify(),
      onEnd: () => this.#served.delete(call)
    })
    this.#served.set(call, served)
    served.run()
  }

  /** A cancelled call has released the function, but still runs. */
  #refuse(call: number): void {
    const error = new CallAbortedError('the call that this function was passed to has been cancelled')
    this.#post([THREW, call, encodeThrown(error)])
  }

  /** @throws DataCloneError when the message can't be cloned. */
  #post(message: FromCaller, transferList: readonly Transferable[] = [], head: number = message[1]): void {
    if (this.#port === undefined) return
    if (!this.#sentHeads.write(head)) {
      this.#port.postMessage([HEAD, head])
      this.#sentHeads.count()
    }
    this.#port.postMessage(message, transferList)
    this.#sentHeads.count()
    this.#thread.notify()
  }
}
