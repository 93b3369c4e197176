import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { CallAbortedError } from '@bridge/core'
import { encodeThrown, type Transferable, unreadable } from '@bridge/core/executor'
import { ById } from '../lane/by-id.js'
import { ReadHeads, SentHeads } from '../lane/message-heads.js'
import { takeMessage } from '../lane/take-message.js'
import {
  BELL,
  CALLBACKS_TO_OWNER,
  CALLBACKS_TO_THREAD,
  HEAD,
  type HeadMessage,
  UNREAD
} from '../lane/wire.js'
import type { SentArguments, SentValue } from '../object/sent-arguments.js'
import { blockedCalls } from '../thread/block-in-turns.js'
import type { QuickCall } from '../thread/quick-call.js'
import { needStack, SERVING } from '../thread/stack-room.js'
import type { ThreadRun } from '../thread/thread-run.js'
import { HeldFunctions, type InContext } from './held-functions.js'
import type { Served } from './served.js'
import { runNote, ServedCallback, type ServedFor } from './served-callback.js'
import {
  BACK_SENT,
  BEGUN,
  BLOCKED,
  type FromCaller,
  GIVE_UP,
  INNER,
  type INVOKE,
  NOTES,
  NOTES_TAKEN,
  PARKED,
  PARKED_AT,
  PARKED_BY,
  THREW,
  type ToCaller
} from './wire.js'

/** What the functions of one thread need of it. */
export interface CallbackThread extends ServedFor {
  readonly control: Int32Array<SharedArrayBuffer>
  readonly heads: SharedArrayBuffer
  /** Wakes the thread where it waits. */
  ring(): void
  takeBack(call: ThreadRun | QuickCall): boolean
  /** It has begun with an inner call. */
  onBegun(inner: number): void
  /** Reads what it has printed before it asked for what comes now. */
  readPrinted(): void
  /** Gives the thread its end of the port. */
  open(port: MessagePort): void
}

/** The owner's functions that one thread holds, and the port over which it calls them. */
export class Callbacks {
  readonly #thread: CallbackThread
  readonly #held = new HeldFunctions()
  readonly #served = new ById<ServedCallback>()
  readonly #sentHeads: SentHeads
  readonly #readHeads: ReadHeads
  #port: MessagePort | undefined
  #received = 0
  /** What has arrived and is not done yet. */
  readonly #arrived: Exclude<ToCaller, HeadMessage>[] = []

  constructor(thread: CallbackThread) {
    this.#thread = thread
    this.#sentHeads = new SentHeads(thread.heads, CALLBACKS_TO_THREAD)
    this.#readHeads = new ReadHeads(thread.heads, CALLBACKS_TO_OWNER)
  }

  /** How many answers of this one's the thread waits for. */
  get awaited(): number {
    return this.#served.size
  }

  /** Since which message the thread can do nothing but wait for this one; `undefined` while it can. */
  get parkedAt(): number | undefined {
    const { control } = this.#thread
    const at = Atomics.load(control, PARKED_AT)
    // One that was woken already may have to wait for a processor.
    return Atomics.load(control, PARKED) === 1 && at === Atomics.load(control, BELL) ? at : undefined
  }

  /** Whether its event loop stands still for the sake of this thread's callbacks and streams. */
  get isBlocked(): boolean {
    return Atomics.load(this.#thread.control, BLOCKED) > 0
  }

  /** The number of what it waits for while it is parked: of a callback or, negated, of a stream. */
  get parkedBy(): number | undefined {
    const { control } = this.#thread
    const by = Atomics.load(control, PARKED_BY)
    // It says why before it says that.
    return this.parkedAt === undefined ? undefined : by
  }

  /** The callbacks that it waits for. */
  get served(): readonly Served[] {
    return this.#served.members.map(({ served }) => served)
  }

  /** The callback that it waits for by that number. */
  servedBy(call: number): Served | undefined {
    return this.#served.get(call)?.served
  }

  /** Takes back a call that the thread can't come to while it waits; `false` when it has started or was moved there. */
  takeBack(call: ThreadRun | QuickCall): boolean {
    return this.#thread.takeBack(call)
  }

  /** Functions are about to be sent: from now on the thread can call them. */
  open(): void {
    if (this.#port !== undefined) return
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#thread.open(port2)
    port1.on('message', this.#onMessage)
    port1.on('messageerror', this.#onUnread)
    // A function that a thread holds keeps no process alive; a call that waits for it does.
    port1.unref()
  }

  /** Functions have been sent. */
  hold({ functions, inContext, context }: Pick<SentValue, 'functions' | 'inContext' | 'context'>): void {
    for (const { id, fn, name } of functions ?? []) {
      this.#held.add(id, fn, name, inContext as InContext, context)
    }
  }

  /** The thread has let a function go, having received it so often. */
  drop(id: number, received: number): void {
    this.#held.drop(id, received)
  }

  /** Functions have been sent that the thread never came to see. */
  release({ functions }: Pick<SentArguments, 'functions'>): void {
    for (const { id } of functions ?? []) this.#held.drop(id, 1)
  }

  /** The function that a reference which has come back means. */
  find(id: number): unknown {
    return this.#held.get(id)?.fn
  }

  /**
   * Sends a call that is nested in one that waits for this thread: the thread runs it although it waits.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  sendInner({ id, task, sent, moves }: ThreadRun): void {
    const { module, name, operation, deadline, context } = task
    const { args, references } = sent
    this.open()
    if (operation === 'new') this.#post([HEAD, 0, args[0] as number, name], [], 0)
    const named = { module: module as string, name, operation }
    this.#post([INNER, id, named, args, deadline, context, references], moves, -id)
    this.hold(sent)
  }

  /** Takes what the thread has sent, while this one is blocked or about to take an answer. */
  receive(): void {
    if (this.#port === undefined) return
    this.#take()
    while (Atomics.load(this.#thread.control, BACK_SENT) !== this.#received) {
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
    for (const served of this.#served.members) served.giveUp()
    this.#served.clear()
  }

  readonly #onMessage = (message: ToCaller): void => {
    this.#received = (this.#received + 1) | 0
    this.#readHeads.count(message[0] === HEAD ? message[1] : undefined)
    if (message[0] === HEAD) return
    this.#arrived.push(message)
    this.#take()
  }

  /** Where the stack has no room for a callback, a caller that is blocked is told, and the callback runs after that. */
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
    else if (message[0] === GIVE_UP) this.#served.get(message[1])?.giveUp()
    else if (message[3] === NOTES) this.#note(message)
    else this.#serve(message)
  }

  readonly #onUnread = ({ message: why }: Error): void => {
    this.#received = (this.#received + 1) | 0
    const head = this.#readHeads.unread()
    if (head > 0) return this.#post([UNREAD, head, 'its arguments', why])
    this.#thread.callOf(-head)?.fail(unreadable('a callback', 'its arguments', why))
    this.#countNote()
  }

  #note([, , callback, , args, references, context, forCall]: Extract<ToCaller, { 0: typeof INVOKE }>): void {
    const held = this.#held.get(callback)
    if (held !== undefined) {
      runNote(this.#thread, { held, args: args as unknown[], references, context, forCall })
    }
    this.#countNote()
  }

  #countNote(): void {
    Atomics.add(this.#thread.control, NOTES_TAKEN, 1)
    this.#thread.ring()
  }

  #serve([, call, callback, mode, args, references, context, forCall]: Extract<
    ToCaller,
    { 0: typeof INVOKE }
  >): void {
    const held = this.#held.get(callback)
    if (held === undefined) return this.#refuse(call)
    const asked = { held, args: args as unknown[], references, context, forCall }
    const served = new ServedCallback(this.#thread, asked, call, mode, {
      post: (message, moves) => this.#post(message, moves),
      wake: () => this.#thread.ring(),
      onEnd: () => this.#served.delete(call)
    })
    this.#served.set(call, served)
    served.run()
  }

  /** A call that was given up has let it go, and yet runs. */
  #refuse(call: number): void {
    const error = new CallAbortedError('the call that this function was passed to has been cancelled')
    this.#post([THREW, call, encodeThrown(error)])
  }

  /** @throws DataCloneError when the message can't be cloned. */
  #post(message: FromCaller, moves: readonly Transferable[] = [], head: number = message[1]): void {
    if (this.#port === undefined) return
    if (!this.#sentHeads.write(head)) {
      this.#port.postMessage([HEAD, head])
      this.#sentHeads.count()
    }
    this.#port.postMessage(message, moves)
    this.#sentHeads.count()
    this.#thread.ring()
  }
}
