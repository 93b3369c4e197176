import { Timer } from '@bridge/core/executor'
import type { Lane } from '../lane/lane.js'
import { Progress } from './progress.js'
import type { Thread } from './thread.js'

/** How long, in milliseconds, a thread's event loop may stand still before it counts as stuck. */
const STUCK = 1000

/**
 * The generators of a thread whose streams are no longer waited for. One that merely waits holds up nothing; the thread
 * is ended when its event loop stands still and nothing but one of them can be why.
 */
export class LeftGenerators {
  readonly #thread: Thread
  readonly #lane: Lane
  #timer: Timer | undefined
  #askedAt = 0
  /** How the thread stood then. */
  #before: Progress | undefined
  #startedBefore: number | undefined

  constructor(thread: Thread, lane: Lane) {
    this.#thread = thread
    this.#lane = lane
  }

  /** A stream is no longer waited for, or has ended: from now on the thread is looked at, until all generators have. */
  watch(): void {
    if (this.#timer !== undefined || !this.#areThere) return
    this.#ask()
    this.#arm()
  }

  #arm(): void {
    this.#timer = new Timer(STUCK, () => {
      this.look()
      if (this.#timer !== undefined) this.#arm()
    }).keepAlive(false)
  }

  stop(): void {
    this.#timer?.stop()
    this.#timer = undefined
  }

  /** Ends the thread if one of them keeps it from doing anything else. */
  look(): void {
    if (this.#timer === undefined || performance.now() - this.#askedAt < STUCK - 1) return
    // What it has told may not have been read.
    this.#thread.receiveAll()
    const started = this.#startedBefore
    if (!this.#areThere) this.stop()
    else if (this.#before?.isStill !== true || started === undefined || started !== this.#started) this.#ask()
    else void this.#thread.kill('a generator whose stream was left kept it busy, so the thread was ended')
  }

  #ask(): void {
    this.#askedAt = performance.now()
    this.#startedBefore = this.#started
    this.#before = new Progress(this.#lane)
  }

  get #areThere(): boolean {
    return this.#lane.generators > this.#thread.streams.size
  }

  /** How many calls have started, where none of what is still waited for can be what keeps the thread busy. */
  get #started(): number | undefined {
    const { stepping, started } = this.#lane
    const { streams, calls } = this.#thread
    const isAlone =
      stepping === 0 ? streams.size === 0 && !calls.haveStarted : streams.find(stepping) === undefined
    return isAlone ? started : undefined
  }
}
