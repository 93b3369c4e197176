import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessagePort } from 'node:worker_threads'
import type { Transferable } from '@bridge/core/executor'
import type { Blocker } from '@bridge/iter'
import {
  BLOCKED,
  CALLBACKS_SENT,
  type FromCaller,
  INNER,
  INVOKE,
  type InnerCall,
  NOTIFICATIONS,
  NOTIFICATIONS_TAKEN,
  PARKED,
  PARKED_AT,
  PARKED_BY,
  type ToCaller
} from '../../callback/wire.js'
import { ById } from '../../connection/by-id.js'
import { CancelledCalls } from '../../connection/cancelled.js'
import { ReadHeads, SentHeads } from '../../connection/message-heads.js'
import { takeMessage } from '../../connection/take-message.js'
import {
  CALLBACKS_TO_PARENT,
  CALLBACKS_TO_THREAD,
  HEAD,
  type HeadMessage,
  STEPPING,
  type ThreadData,
  UNREAD,
  WAKE_COUNT
} from '../../connection/wire.js'

/** How many one-way calls a thread may be ahead of its parent, and how many are left when it continues. */
const MOST_AHEAD = 256
const FEW_AHEAD = 64

/** Waits for an answer of the parent. */
export interface Answered {
  onAnswer(message: Exclude<FromCaller, InnerCall | HeadMessage>): void
}

/** What the caller needs from the code that serves the parent's calls. */
export interface CallerHost {
  /** Wakes a blocked parent. */
  notify(): void
  /** Wakes the parent for answers for which it was not woken: it may need them to answer this thread. */
  wakeParent(): void
  /** Runs a call that is nested in a call that waits; `isBlocked` if this thread is blocked in the meantime. */
  runInner(call: InnerCall, isBlocked: boolean): void
  /** Answers a nested call whose arguments can't be deserialized. */
  leaveUnread(id: number, why: string, made: HeadMessage | undefined): void
  /** The thread has released a function of the parent that it received so many times. */
  releaseFunction(callback: number, received: number): void
}

/** The thread's end of the port over which it calls its parent's functions, and its wait for them. */
export class Caller implements Blocker {
  readonly #control: ThreadData['control']
  readonly #cancelled: CancelledCalls
  readonly #sentHeads: SentHeads
  readonly #readHeads: ReadHeads
  readonly #host: CallerHost
  readonly #waiting = new ById<Answered>()
  /** The object that the next inner call constructs. */
  #made: HeadMessage | undefined
  #port: MessagePort | undefined
  #calls: AsyncLocalStorage<number> | undefined
  #lastCall = 0
  #notes = 0

  constructor({ control, heads, cancelled }: ThreadData, host: CallerHost) {
    this.#control = control
    this.#cancelled = new CancelledCalls(cancelled)
    this.#sentHeads = new SentHeads(heads, CALLBACKS_TO_PARENT)
    this.#readHeads = new ReadHeads(heads, CALLBACKS_TO_THREAD)
    this.#host = host
  }

  /** The call to which the running code belongs, as far as that is known. */
  get call(): number | undefined {
    return this.#calls?.getStore()
  }

  /** Whether the parent has cancelled the call to which the running code belongs. */
  get isCancelled(): boolean {
    const { call } = this
    return call !== undefined && this.#cancelled.has(call)
  }

  open(port: MessagePort): void {
    this.#port = port
    this.#calls = new AsyncLocalStorage()
    port.on('message', this.#onMessage)
    port.on('messageerror', this.#onUnread)
    // The connection keeps the thread alive.
    port.unref()
  }

  /**
   * Runs a step of a call, so that functions called in it are known to belong to it, and the parent knows which call
   * that is.
   */
  inCall<R>(id: number, step: () => R): R {
    const before = this.#control[STEPPING] as number
    this.#control[STEPPING] = id
    try {
      return this.#calls === undefined ? step() : this.#calls.run(id, step)
    } finally {
      this.#control[STEPPING] = before
    }
  }

  releaseFunction(callback: number, received: number): void {
    this.#host.releaseFunction(callback, received)
  }

  /** A number for a call that is about to be sent, whose answers go to `answered`. */
  expect(answered: Answered): number {
    this.#lastCall++
    this.#waiting.set(this.#lastCall, answered)
    return this.#lastCall
  }

  /** No further answer is expected. */
  discard(call: number): void {
    this.#waiting.delete(call)
  }

  /** @throws DataCloneError when the message can't be cloned. */
  post(message: ToCaller, transferList: readonly Transferable[] = []): void {
    const head = message[0] !== INVOKE ? 0 : message[3] === NOTIFICATIONS ? -(message[7] ?? 0) : message[1]
    if (!this.#sentHeads.write(head)) this.#send([HEAD, head], [])
    this.#send(message, transferList)
    this.#host.notify()
  }

  #send(message: ToCaller, transferList: readonly Transferable[]): void {
    this.#port?.postMessage(message, transferList)
    this.#sentHeads.count()
    Atomics.add(this.#control, CALLBACKS_SENT, 1)
  }

  /** The same for a call without an answer: waits while the parent is far behind. */
  postNotification(message: ToCaller, transferList?: readonly Transferable[]): void {
    this.post(message, transferList)
    this.#notes = (this.#notes + 1) | 0
    if (this.#ahead > MOST_AHEAD) this.blockUntil(() => this.isCancelled || this.#ahead <= FEW_AHEAD)
  }

  /**
   * Blocks the thread for a call of the parent; messages of the parent are handled in the meantime, and calls that are
   * nested in a call of this thread are run.
   */
  blockUntil(isDone: () => boolean, timeout = Infinity, call = 0): boolean {
    const ends = performance.now() + timeout
    this.#host.wakeParent()
    return this.blocking(() => {
      for (;;) {
        // Loaded before `isDone` is called: a message that arrives in between changes it, and the wait returns
        // immediately.
        const seen = Atomics.load(this.#control, WAKE_COUNT)
        this.#receive()
        if (isDone()) return true
        const left = ends - performance.now()
        if (left <= 0) return false
        this.#park(seen, left, call)
      }
    })
  }

  /** Runs code that blocks this thread for its parent, so that the parent knows before it gets the request. */
  blocking<R>(wait: () => R): R {
    Atomics.add(this.#control, BLOCKED, 1)
    try {
      return wait()
    } finally {
      Atomics.sub(this.#control, BLOCKED, 1)
    }
  }

  /** Called by a blocked reader of a stream of the parent before each wait for an item. */
  pollWhileReading(): void {
    this.#host.wakeParent()
    this.blocking(() => this.#receive())
  }

  /** How that reader waits for an item. */
  waitForItem(seen: number, timeout: number, source: number): void {
    this.blocking(() => this.#park(seen, timeout, -source))
  }

  #park(seen: number, timeout: number, by: number): void {
    Atomics.store(this.#control, PARKED_BY, by)
    Atomics.store(this.#control, PARKED_AT, seen)
    if (timeout === Infinity) Atomics.store(this.#control, PARKED, 1)
    Atomics.wait(this.#control, WAKE_COUNT, seen, timeout)
    Atomics.store(this.#control, PARKED, 0)
  }

  get #ahead(): number {
    return (this.#notes - Atomics.load(this.#control, NOTIFICATIONS_TAKEN)) | 0
  }

  #receive(): void {
    while (this.#port !== undefined) {
      const message = takeMessage<FromCaller>(this.#port, this.#onUnread)
      if (message === undefined) return
      this.#onMessage(message)
    }
  }

  readonly #onMessage = (message: FromCaller): void => {
    this.#readHeads.count(message[0] === HEAD ? message[1] : undefined)
    if (message[0] === HEAD) {
      if (message[2] !== undefined) this.#made = message
      return
    }
    this.#made = undefined
    if (message[0] === INNER) {
      const isBlocked = Atomics.load(this.#control, BLOCKED) > 0
      this.#host.runInner(message, isBlocked)
    } else this.#waiting.get(message[1])?.onAnswer(message)
  }

  readonly #onUnread = ({ message: why }: Error): void => {
    const head = this.#readHeads.unread()
    if (head < 0) this.#host.leaveUnread(-head, why, this.#made)
    else this.#waiting.get(head)?.onAnswer([UNREAD, head, 'its result', why])
  }
}
