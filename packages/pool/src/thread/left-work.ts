import { Timer } from '@bridge/core/executor'
import type { Lane } from '../lane/lane.js'
import { Progress } from './progress.js'
import type { Thread } from './thread.js'

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

  /** `stuckGrace` is how long, in milliseconds, the event loop may stand still. */
  constructor(thread: Thread, lane: Lane, stuckGrace: number) {
    this.#stuckGrace = stuckGrace
    this.#thread = thread
    this.#lane = lane
  }

  /** Something is no longer waited for, or has ended: from now on the thread is looked at, until all of it has. */
  watch(): void {
    if (this.#timer !== undefined || !this.#areThere) return
    this.#ask()
    this.#arm()
  }

  #arm(): void {
    this.#timer = new Timer(this.#stuckGrace, () => {
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
    if (this.#timer === undefined || performance.now() - this.#askedAt < this.#stuckGrace - 1) return
    // What it has told may not have been read.
    this.#thread.receiveAll()
    const started = this.#startedBefore
    if (!this.#areThere) this.stop()
    else if (this.#before?.isStill !== true || started === undefined || started !== this.#started) this.#ask()
    else void this.#thread.kill(`${this.#what} kept it busy, so the thread was ended`)
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
