import { Timer } from '@bridge/core/internal'
import type { Connection } from '../connection/connection.js'
import { Progress } from './loop-turns.js'
import type { Thread } from './thread.js'

/** How many times as long a thread's event loop may be blocked if a call that is waited for may be the reason. */
const UNSURE = 5

/**
 * Work on a thread that is no longer waited for: generators whose streams were left, and abandoned calls. Work that
 * merely waits does not matter; the thread is terminated when its event loop is blocked and only such work can be the
 * reason.
 */
export class AbandonedWork {
  readonly #stuckGrace: number
  readonly #thread: Thread
  readonly #connection: Connection
  #timer: Timer | undefined
  #askedAt = 0
  /** The state of the thread at the last check. */
  #before: Progress | undefined
  #startedBefore: number | undefined
  /** At how many consecutive checks it has not moved. */
  #stillFor = 0
  #isOver = false

  /** `stuckGrace` is how long, in milliseconds, the event loop may be blocked. */
  constructor(thread: Thread, connection: Connection, stuckGrace: number) {
    this.#stuckGrace = stuckGrace
    this.#thread = thread
    this.#connection = connection
  }

  /** Work is no longer waited for, or has ended: from now on the thread is checked, until all such work has ended. */
  watch(): void {
    if (this.#isOver || this.#timer !== undefined || !this.#areThere) return
    this.#ask()
    this.#arm()
  }

  #arm(): void {
    this.#timer = new Timer(this.#stuckGrace, () => {
      this.look()
      if (this.#timer !== undefined) this.#arm()
    }).keepAlive(false)
  }

  /** The thread has ended: later events of its streams do not concern it. */
  end(): void {
    this.#isOver = true
    this.#rest()
  }

  #rest(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  /** Terminates the thread if such work blocks it. */
  look(): void {
    if (this.#timer === undefined || performance.now() - this.#askedAt < this.#stuckGrace - 1) return
    // Its messages may not have been read yet.
    this.#thread.receiveAll()
    if (!this.#areThere) return this.#rest()
    // An import has its own limit.
    const isStill = this.#before?.isStill === true && !this.#thread.isImporting
    this.#stillFor = isStill ? this.#stillFor + 1 : 0
    if (isStill && (this.#isKnown || (this.#mayBeAbandoned && this.#stillFor >= UNSURE)))
      void this.#thread.kill(`${this.#what} kept it busy, so the thread was ended`)
    else this.#ask()
  }

  /** Whether nothing that is still waited for can block the thread. */
  get #isKnown(): boolean {
    return this.#startedBefore !== undefined && this.#startedBefore === this.#started
  }

  /** Whether an abandoned call may block it; so may another call that continues after an `await`. */
  get #mayBeAbandoned(): boolean {
    return this.#thread.calls.abandoned > 0 && this.#connection.worker.stepping === 0
  }

  #ask(): void {
    this.#askedAt = performance.now()
    this.#startedBefore = this.#started
    this.#before = new Progress(this.#connection)
  }

  get #areThere(): boolean {
    return this.#areGenerators || this.#thread.calls.abandoned > 0
  }

  get #areGenerators(): boolean {
    return this.#connection.worker.generators > this.#thread.streams.size
  }

  get #what(): string {
    return this.#areGenerators ? 'a generator whose stream was left' : 'a call that was abandoned'
  }

  /** How many calls have started, if none that is still waited for can block the thread. */
  get #started(): number | undefined {
    const { stepping, started } = this.#connection.worker
    const { streams, calls } = this.#thread
    const isAlone =
      stepping === 0 ? streams.size === 0 && !calls.haveStarted : calls.find(stepping) === undefined
    return isAlone ? started : undefined
  }
}
