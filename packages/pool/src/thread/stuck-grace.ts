import { Timer } from '@bridge/core/internal'
import type { Lane } from '../lane/lane.js'
import { Progress } from './loop-turns.js'
import type { Thread } from './thread.js'

/** How many times as long a thread may stand still where a call that is waited for may be why. */
const UNSURE = 5

/**
 * What goes on on a thread and is no longer waited for: generators whose streams were left, and abandoned calls. What merely
 * waits holds up nothing; the thread is ended when its event loop stands still and nothing but such a thing can be why.
 */
export class LeftWork {
  readonly #stuckGrace: number
  readonly #thread: Thread
  readonly #lane: Lane
  #timer: Timer | undefined
  #askedAt = 0
  /** How the thread stood then. */
  #before: Progress | undefined
  #startedBefore: number | undefined
  /** At how many looks it has stood still, one after the other. */
  #stillFor = 0
  #isOver = false

  /** `stuckGrace` is how long, in milliseconds, the event loop may stand still. */
  constructor(thread: Thread, lane: Lane, stuckGrace: number) {
    this.#stuckGrace = stuckGrace
    this.#thread = thread
    this.#lane = lane
  }

  /** Something is no longer waited for, or has ended: from now on the thread is looked at, until all of it has. */
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

  /** The thread has ended: what is told of its streams from now on says nothing of it. */
  end(): void {
    this.#isOver = true
    this.#rest()
  }

  #rest(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  /** Ends the thread if one of them keeps it from doing anything else. */
  look(): void {
    if (this.#timer === undefined || performance.now() - this.#askedAt < this.#stuckGrace - 1) return
    // What it has told may not have been read.
    this.#thread.receiveAll()
    if (!this.#areThere) return this.#rest()
    // An import has a limit of its own.
    const isStill = this.#before?.isStill === true && !this.#thread.isImporting
    this.#stillFor = isStill ? this.#stillFor + 1 : 0
    if (isStill && (this.#isKnown || (this.#mayBeAbandoned && this.#stillFor >= UNSURE)))
      void this.#thread.kill(`${this.#what} kept it busy, so the thread was ended`)
    else this.#ask()
  }

  /** Whether nothing that is still waited for can be what keeps the thread busy. */
  get #isKnown(): boolean {
    return this.#startedBefore !== undefined && this.#startedBefore === this.#started
  }

  /** Whether an abandoned call may be what does, as another one may that goes on after an `await`. */
  get #mayBeAbandoned(): boolean {
    return this.#thread.calls.abandoned > 0 && this.#lane.stepping === 0
  }

  #ask(): void {
    this.#askedAt = performance.now()
    this.#startedBefore = this.#started
    this.#before = new Progress(this.#lane)
  }

  get #areThere(): boolean {
    return this.#areGenerators || this.#thread.calls.abandoned > 0
  }

  get #areGenerators(): boolean {
    return this.#lane.generators > this.#thread.streams.size
  }

  get #what(): string {
    return this.#areGenerators ? 'a generator whose stream was left' : 'a call that was abandoned'
  }

  /** How many calls have started, where none of what is still waited for can be what keeps the thread busy. */
  get #started(): number | undefined {
    const { stepping, started } = this.#lane
    const { streams, calls } = this.#thread
    const isAlone =
      stepping === 0 ? streams.size === 0 && !calls.haveStarted : calls.find(stepping) === undefined
    return isAlone ? started : undefined
  }
}
