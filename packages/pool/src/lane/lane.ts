import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Transferable } from '@bridge/core/executor'
import { waker } from './waker.js'
import {
  CONTROL_WORDS,
  cancelledWord,
  ENDING,
  GONE,
  STARTED,
  STEPPING,
  type ThreadData,
  type ToOwner,
  type ToThread,
  takenBackWord
} from './wire.js'

const NOTHING: readonly Transferable[] = []

/** What a lane tells its owner. */
export interface LaneEvents {
  onMessage(message: ToOwner): void
  /** The thread said its last word: nothing more comes. */
  onGone(): void
}

/** The owner's end of the connection with one thread. */
export class Lane {
  /** What the thread is given, and what must be transferred with it. */
  readonly threadData: ThreadData
  readonly #port: MessagePort
  readonly #events: LaneEvents
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS))
  #isClosed = false

  constructor(events: LaneEvents) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#events = events
    this.threadData = { port: port2, wake: waker.word, control: this.#control }
    port1.on('message', this.#onMessage)
    port1.unref()
    waker.add(this)
  }

  /** Keeps the process alive while an answer is awaited. */
  ref(): void {
    if (!this.#isClosed) this.#port.ref()
  }

  unref(): void {
    if (!this.#isClosed) this.#port.unref()
  }

  /**
   * Sends a message; what it `moves` is transferred.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  send(message: ToThread, moves: readonly Transferable[] = NOTHING): void {
    this.#port.postMessage(message, moves)
  }

  /** Sets the word that a task sees even while its thread is in a loop. */
  markCancelled(id: number): void {
    Atomics.store(this.#control, cancelledWord(id), id)
  }

  /**
   * Forbids the thread to start any further call, and tells how many it has started. The thread counts first and
   * looks second, so a call that is not counted here never runs there.
   */
  forbidStarts(): number {
    Atomics.store(this.#control, ENDING, 1)
    return this.started
  }

  /** Forbids the thread to start the call that was sent at this place; `false` when it has started it already. */
  takeBack(place: number): boolean {
    Atomics.store(this.#control, takenBackWord(place), place)
    return place > this.started
  }

  /** How many calls the thread has started, in the order they were sent. */
  get started(): number {
    return Atomics.load(this.#control, STARTED)
  }

  /** Whether the thread is inside a step of this call's generator. */
  isStepping(id: number): boolean {
    return Atomics.load(this.#control, STEPPING) === id
  }

  /** Takes what has arrived without the event loop, while this thread is blocked. */
  receive(): void {
    // Looked at first: whatever the thread sent before it set the word can then be read.
    const isGone = Atomics.load(this.#control, GONE) === 1
    while (!this.#isClosed) {
      const next = receiveMessageOnPort(this.#port)
      if (next === undefined) break
      this.#events.onMessage(next.message as ToOwner)
    }
    if (isGone && !this.#isClosed) this.#events.onGone()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    waker.delete(this)
    this.#port.off('message', this.#onMessage)
    this.#port.close()
  }

  readonly #onMessage = (message: ToOwner): void => {
    this.#events.onMessage(message)
  }
}
