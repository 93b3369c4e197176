import { callerFrames, decodeThrown, encodeThrown, notCloneable, waitAtMost } from '@bridge/core/executor'
import type { Hand } from './hand.js'
import { type Ending, Inbox, WIDEST } from './inbox.js'
import { Inlet } from './inlet.js'
import type { StreamPort } from './port.js'
import type { StreamProgress } from './progress.js'
import { RingLoan } from './ring-loan.js'
import {
  ABORT,
  CREDIT,
  END,
  FAIL,
  HELD,
  isToConsumer,
  MORE,
  OPEN,
  RETURN,
  RING,
  STEP,
  THROW,
  type ToProducer,
  unknownMessage,
  VERSION
} from './wire.js'

type Result = IteratorResult<unknown, unknown>

/** What a consumer is told. */
export interface ConsumerOptions {
  /** The most items that may be produced ahead; zero when each pull is to be one step. */
  readonly window: number
  /** How far the window may widen for a consumer that takes items fast. */
  readonly widest: number
  /** How many items of the window were asked for before, in another way. */
  readonly asked: number
  /** Milliseconds that stopping waits for the producer's `finally`. */
  readonly closeTimeout: number
  /** Called after each message to the producer. */
  readonly onSend: (() => void) | undefined
  /** Called when the stream was stopped and `closeTimeout` has passed, but the producer has not ended; gives how long it is waited for yet. */
  readonly onStuck: (() => number | undefined) | undefined
  /** Whether the port is left open where the producer has ended. */
  readonly keepPort: boolean
  /** Called once, when the producer has ended, has gone or was abandoned; with whether the port was left open. */
  readonly onEnd: (isKept: boolean) => void
}

/** The end of a stream that takes the items; how its user waits for them is the matter of its two sides. */
export class Consumer {
  /** Resolves when the producer has ended, its `finally` included, has gone or was abandoned. */
  readonly ended: Promise<void>
  /** What is given without a second thought. */
  readonly hand: Hand
  readonly #inlet: Inlet
  readonly #options: ConsumerOptions
  readonly #inbox: Inbox
  #resolveEnded!: () => void
  readonly #loan = new RingLoan(WIDEST)
  #wake: (() => void) | undefined
  #hasBegun = false
  #isStopped = false
  /** How the stream ends because this side said so, whatever the producer says of it. */
  #aborted: Ending | undefined

  constructor(port: StreamPort, options: ConsumerOptions) {
    this.#options = options
    this.#inbox = new Inbox(options.window, options.widest, options.asked, {
      grant: (items, bytes, isFast) => {
        if (!this.#isStopped) this.#grant(items, bytes, isFast)
      },
      onLeft: () => this.#loan.leave()
    })
    this.hand = this.#inbox.hand
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
    this.#inlet = new Inlet(port, {
      onMessage: message => this.#onMessage(message),
      onError: error => this.abort(error),
      onSend: options.onSend
    })
  }

  get progress(): StreamProgress {
    return { items: this.#inbox.taken, bytes: this.#inbox.bytes, ahead: this.#inbox.ahead }
  }

  get hasEnded(): boolean {
    return this.#inbox.hasEnded
  }

  /** Whether nothing is asked for ahead of its pull. */
  get isStepped(): boolean {
    return this.#options.window === 0
  }

  /**
   * What is there: the next item, or the end. At most `free` items after it may be taken from the hand.
   *
   * @throws whatever ended the stream, once.
   */
  take(free: number): Result | undefined {
    for (;;) {
      const taken = this.#inbox.take(free)
      // What has arrived is taken at once: the event loop would bring it at its next turn.
      if (taken !== undefined || !this.receive()) return taken
    }
  }

  /** Takes a message that has arrived, if there is one; whether there was. */
  receive(): boolean {
    return this.#inlet.receive()
  }

  /**
   * Lets the event loop turn without taking all that has arrived: what is taken long before it is used outlives the
   * young generation, and buffers then pile up until a full garbage collection.
   */
  unheard(turn: () => Promise<void>): Promise<void> {
    // Numbers that come by the ring come without the event loop.
    return this.#inbox.readsRing ? turn() : this.#inlet.unheard(turn)
  }

  /** Resolves when something has arrived. */
  arrival(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  /** While somebody waits, the stream keeps the process alive. */
  ref(): void {
    this.#inlet.ref()
  }

  unref(): void {
    this.#inlet.unref()
  }

  /** Orders one step with a value, where that is meant. */
  step(value: unknown): void {
    if ((value === undefined && !this.isStepped) || this.hasEnded) return
    try {
      this.#post([STEP, value])
    } catch (error) {
      throw notCloneable('a stream', 'value', value, error)
    }
    this.#inbox.spend()
  }

  /** Orders the step that throws; what was produced ahead is forgotten. */
  throw(error: unknown): void {
    this.#inbox.drop()
    if (this.hasEnded) throw error
    this.#inbox.spend()
    this.#post([THROW, encodeThrown(error)])
  }

  /** Tells the producer to stop; what was produced ahead, and what is still on its way, nobody wants any more. */
  stop(value: unknown): void {
    this.#forget()
    if (this.hasEnded) return
    try {
      this.#post([RETURN, value])
    } catch {
      // One that can't be sent is what the caller gets back all the same, unless the generator gives another.
      this.#post([RETURN, undefined])
    }
  }

  /** What stopping gives: an error that the generator's `finally` threw is not lost. */
  returned(value: unknown): Result {
    if (!this.hasEnded) return { done: true, value }
    const end = this.#inbox.take(0)
    return { done: true, value: end?.value ?? value }
  }

  /**
   * Ends the stream from this side: the producer is told to stop, and whoever pulls gets `reason`, once the producer
   * has cleaned up or `closeTimeout` has passed.
   */
  abort(reason: unknown): void {
    if (this.hasEnded || this.#aborted !== undefined) return
    this.#forget()
    this.#aborted = { thrown: () => reason }
    this.#post([ABORT, encodeThrown(reason)])
    void this.untilStopped()
  }

  /** The user has let go of the stream. */
  drop(): void {
    this.stop(undefined)
    void this.untilStopped()
  }

  /** Waits for the end of a producer that was told to stop, at most `closeTimeout` milliseconds, and then abandons it. */
  async untilStopped(): Promise<void> {
    let timeout = this.#options.closeTimeout
    do {
      if (await waitAtMost(this.ended, timeout)) return
      timeout = this.overtime()
    } while (timeout > 0)
    this.abandon()
  }

  /** For how many milliseconds a producer is waited for yet that has not ended in `closeTimeout`. */
  overtime(): number {
    // An executor may know that it never ends, and of what.
    return this.#inlet.isClosed ? 0 : (this.#options.onStuck?.() ?? 0)
  }

  /** Waits no longer for a producer that was told to stop: what it says from now on is discarded. */
  abandon(): void {
    this.#close({ value: undefined }, false)
  }

  /** The other side has gone, and nothing more can come. */
  fail(error: unknown): void {
    this.#close({ thrown: () => error }, false)
  }

  #post(message: ToProducer): void {
    if (!this.#hasBegun) this.#grant(0, 0, false)
    this.#inlet.post(message)
  }

  #forget(): void {
    this.#isStopped = true
    this.#inbox.drop()
    // The producer goes on until it is told, and nobody may take that.
    this.#inbox.leave()
  }

  #grant(items: number, bytes: number, isFast: boolean): void {
    const hasBegun = this.#hasBegun
    this.#hasBegun = true
    if (!hasBegun) return this.#post([OPEN, VERSION, items])
    // Lent for as many as the window may hold, so that nothing is overwritten that was not read.
    const memory = isFast && this.#inlet.canShare ? this.#loan.lend() : undefined
    this.#post(memory === undefined ? [CREDIT, items, bytes] : [CREDIT, items, bytes, memory])
  }

  #onMessage(message: unknown): void {
    if (!isToConsumer(message)) return this.abort(unknownMessage(message))
    if (message[0] === END) return this.#close({ value: message[1] }, true)
    if (message[0] === FAIL) {
      const thrown = message[1]
      // Decoded when it is taken: only then does the stack show who took it.
      return this.#close({ thrown: () => decodeThrown(thrown, callerFrames()) }, true)
    }
    if (message[0] === RING) {
      if (this.#loan.ring === undefined) return this.abort(unknownMessage(message))
      if (!this.#isStopped) this.#inbox.addRing(this.#loan.ring)
    } else if (message[0] === HELD) this.#inbox.hold()
    else if (message[0] !== MORE && !this.#isStopped) this.#inbox.add(message)
    this.#arrived()
  }

  #arrived(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  #close(ending: Ending, isOver: boolean): void {
    if (this.#inlet.isClosed) return
    this.#inbox.end(this.#aborted ?? ending)
    const isKept = isOver && this.#options.keepPort
    this.#inlet.close(isKept)
    this.#loan.end(isOver)
    if (this.#isStopped) this.#inbox.leave()
    this.#resolveEnded()
    this.#options.onEnd(isKept)
    this.#arrived()
  }
}
