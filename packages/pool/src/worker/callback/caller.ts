import { AsyncLocalStorage } from 'node:async_hooks'
import type { MessagePort } from 'node:worker_threads'
import type { Transferable } from '@bridge/core/executor'
import type { Blocker } from '@bridge/iter'
import {
  BACK_SENT,
  BLOCKED,
  type FromCaller,
  INNER,
  INVOKE,
  type InnerCall,
  NOTES,
  NOTES_TAKEN,
  PARKED,
  PARKED_AT,
  PARKED_BY,
  type ToCaller
} from '../../callback/wire.js'
import { ById } from '../../lane/by-id.js'
import { CancelledCalls } from '../../lane/cancelled.js'
import { ReadHeads, SentHeads } from '../../lane/message-heads.js'
import { takeMessage } from '../../lane/take-message.js'
import {
  BELL,
  CALLBACKS_TO_OWNER,
  CALLBACKS_TO_THREAD,
  HEAD,
  type HeadMessage,
  STEPPING,
  type ThreadData,
  UNREAD
} from '../../lane/wire.js'

/** How many notes a thread may be ahead of its owner, and how many are left when it goes on. */
const MOST_AHEAD = 256
const FEW_AHEAD = 64

/** What waits for an answer of the owner's. */
export interface Answered {
  onAnswer(message: Exclude<FromCaller, InnerCall | HeadMessage>): void
}

/** What calling the owner needs of the one who serves its calls. */
export interface CallerHost {
  /** Wakes an owner that is blocked. */
  notify(): void
  /** Tells the owner of answers that it has not been woken for: it may need them to answer this thread. */
  wakeOwner(): void
  /** Runs a call that is nested in one which waits; `isBlocked` where this thread is blocked meanwhile. */
  runInner(call: InnerCall, isBlocked: boolean): void
  /** Answers a call that is nested and whose arguments can't be read. */
  leaveUnread(id: number, why: string, made: HeadMessage | undefined): void
  /** Nobody here holds a function of the owner's any more, which has arrived so often. */
  drop(callback: number, received: number): void
}

/** The thread's end of the port over which it calls its owner's functions, and how it waits for them. */
export class Caller implements Blocker {
  readonly #control: ThreadData['control']
  readonly #cancelled: CancelledCalls
  readonly #sentHeads: SentHeads
  readonly #readHeads: ReadHeads
  readonly #host: CallerHost
  readonly #waiting = new ById<Answered>()
  /** The object that the next inner call makes. */
  #made: HeadMessage | undefined
  #port: MessagePort | undefined
  #calls: AsyncLocalStorage<number> | undefined
  #lastCall = 0
  #notes = 0

  constructor({ control, heads, cancelled }: ThreadData, host: CallerHost) {
    this.#control = control
    this.#cancelled = new CancelledCalls(cancelled)
    this.#sentHeads = new SentHeads(heads, CALLBACKS_TO_OWNER)
    this.#readHeads = new ReadHeads(heads, CALLBACKS_TO_THREAD)
    this.#host = host
  }

  /** The call that this code belongs to, as far as that is known. */
  get call(): number | undefined {
    return this.#calls?.getStore()
  }

  /** Whether the owner has cancelled the call that this code belongs to. */
  get isCancelled(): boolean {
    const { call } = this
    return call !== undefined && this.#cancelled.has(call)
  }

  open(port: MessagePort): void {
    this.#port = port
    this.#calls = new AsyncLocalStorage()
    port.on('message', this.#onMessage)
    port.on('messageerror', this.#onUnread)
    // The lane keeps the thread alive.
    port.unref()
  }

  /** Runs a step of a call, so that the functions which it calls are known to be called for it, and its owner knows whose it is. */
  inCall<R>(id: number, step: () => R): R {
    const before = this.#control[STEPPING] as number
    this.#control[STEPPING] = id
    try {
      return this.#calls === undefined ? step() : this.#calls.run(id, step)
    } finally {
      this.#control[STEPPING] = before
    }
  }

  drop(callback: number, received: number): void {
    this.#host.drop(callback, received)
  }

  /** A number for a call that is about to be sent, whose answers `answered` is told. */
  expect(answered: Answered): number {
    this.#lastCall++
    this.#waiting.set(this.#lastCall, answered)
    return this.#lastCall
  }

  /** No further answer is expected. */
  forget(call: number): void {
    this.#waiting.delete(call)
  }

  /** @throws DataCloneError when the message can't be cloned. */
  post(message: ToCaller, moves: readonly Transferable[] = []): void {
    const head = message[0] !== INVOKE ? 0 : message[3] === NOTES ? -(message[7] ?? 0) : message[1]
    if (!this.#sentHeads.write(head)) this.#send([HEAD, head], [])
    this.#send(message, moves)
    this.#host.notify()
  }

  #send(message: ToCaller, moves: readonly Transferable[]): void {
    this.#port?.postMessage(message, moves)
    this.#sentHeads.count()
    Atomics.add(this.#control, BACK_SENT, 1)
  }

  /** The same for what has no answer: waits while the owner is far behind. */
  postNote(message: ToCaller, moves?: readonly Transferable[]): void {
    this.post(message, moves)
    this.#notes = (this.#notes + 1) | 0
    if (this.#ahead > MOST_AHEAD) this.blockUntil(() => this.isCancelled || this.#ahead <= FEW_AHEAD)
  }

  /**
   * Blocks the thread for the sake of a call of the owner's; what its owner sends meanwhile is taken, and calls that are
   * nested in one of this thread's are run.
   */
  blockUntil(isDone: () => boolean, timeout = Infinity, call = 0): boolean {
    const ends = performance.now() + timeout
    this.#host.wakeOwner()
    return this.blocking(() => {
      for (;;) {
        // Read before asking: what arrives in between changes it, and the wait returns at once.
        const rung = Atomics.load(this.#control, BELL)
        this.#receive()
        if (isDone()) return true
        const left = ends - performance.now()
        if (left <= 0) return false
        this.#park(rung, left, call)
      }
    })
  }

  /** Runs what blocks this thread for its owner's sake, so that the owner knows before it is asked for anything. */
  blocking<R>(wait: () => R): R {
    Atomics.add(this.#control, BLOCKED, 1)
    try {
      return wait()
    } finally {
      Atomics.sub(this.#control, BLOCKED, 1)
    }
  }

  /** What a blocked reader of a stream of the owner's does before each wait for an item. */
  lookWhileReading(): void {
    this.#host.wakeOwner()
    this.blocking(() => this.#receive())
  }

  /** How it waits for an item then. */
  waitForItem(rung: number, timeout: number, source: number): void {
    this.blocking(() => this.#park(rung, timeout, -source))
  }

  #park(rung: number, timeout: number, by: number): void {
    Atomics.store(this.#control, PARKED_BY, by)
    Atomics.store(this.#control, PARKED_AT, rung)
    if (timeout === Infinity) Atomics.store(this.#control, PARKED, 1)
    Atomics.wait(this.#control, BELL, rung, timeout)
    Atomics.store(this.#control, PARKED, 0)
  }

  get #ahead(): number {
    return (this.#notes - Atomics.load(this.#control, NOTES_TAKEN)) | 0
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
