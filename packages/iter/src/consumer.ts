import { CannotBlockError } from '@bridge/core'
import { checkStepValue, encodeThrown, notCloneable } from '@bridge/core/executor'
import { referLost, waitAtMost } from '@bridge/core/internal'
import type { ConsumerOptions } from './consumer-options.js'
import type { Hand } from './hand.js'
import { type Ending, Inbox, WIDEST } from './inbox.js'
import { Inlet } from './inlet.js'
import type { StreamPort } from './port.js'
import type { StreamProgress } from './progress.js'
import { isRestored } from './restore-references.js'
import { RingLoan } from './ring-loan.js'
import { thrownBy } from './thrown-by.js'
import { Orders } from './unanswered-orders.js'
import {
  ABORT,
  Counting,
  CREDIT,
  CUT,
  END,
  FAIL,
  HELD,
  isToConsumer,
  MORE,
  OPEN,
  overdrawn,
  RETURN,
  RING,
  type Sign,
  STEP,
  THROW,
  type ToProducer,
  UNSENT,
  unknownMessage,
  VERSION
} from './wire.js'

type Result = IteratorResult<unknown, unknown>

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
  readonly #counting = new Counting()
  readonly #wakes: (() => void)[] = []
  #hasBegun = false
  #isStopped = false
  #isBlocking = false
  /** How the stream ends because this side said so, whatever the producer says of it. */
  #aborted: Ending | undefined
  readonly #orders = new Orders()
  /** A pull was told that the stream is over while it was left. */
  #isToldDone = false
  /** The producer's end has arrived, and was not taken. */
  #isEndAhead = false

  constructor(port: StreamPort, options: ConsumerOptions) {
    this.#options = options
    this.#inbox = new Inbox(options.window, options.widest, options.asked, {
      grant: (items, bytes, isFast) => {
        if (!this.#isStopped) this.#grant(items, bytes, isFast)
      },
      onLeft: () => this.#loan.leave(),
      onOverdrawn: () => this.abort(overdrawn())
    })
    this.hand = this.#inbox.hand
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
    this.#inlet = new Inlet(port, {
      onMessage: message => this.#onMessage(message),
      onError: error => {
        this.#counting.skip()
        this.abort(error)
      },
      onSend: options.onSend
    })
  }

  get progress(): StreamProgress {
    return { items: this.#inbox.taken, bytes: this.#inbox.bytes, ahead: this.#inbox.ahead }
  }

  get hasEnded(): boolean {
    return this.#inbox.hasEnded
  }

  /** Whether it was told to stop and has not been answered: the answer is not a pull's. */
  get isLeft(): boolean {
    return this.#isStopped && this.#aborted === undefined && !this.hasEnded
  }

  /** Whether it was ended from this side, and waits for its producer no longer than for one that was left. */
  get isAborted(): boolean {
    return this.#aborted !== undefined
  }

  /** The end that a pull gets of a stream that is left. */
  leftEnd(): Result | undefined {
    if (!this.isLeft) return undefined
    this.#isToldDone = true
    return { done: true, value: undefined }
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

  /** Has the event loop bring what arrives, where it does not yet. */
  listen(): void {
    this.#inlet.listen()
  }

  /** Takes what has arrived while this stream let the event loop turn. */
  takeHeld(): void {
    this.#inlet.takeHeld()
  }

  /**
   * What follows, until `endBlocking()`, goes without the event loop.
   *
   * @throws CannotBlockError where the event loop alone can bring what arrives.
   */
  beginBlocking(): void {
    if (!this.hasEnded && !this.#inlet.canReceive) {
      throw new CannotBlockError(
        'on Deno a stream that was awaited can not be blocked on: what has arrived for who awaits it is out of reach; ' +
          'go on with for await'
      )
    }
    this.#isBlocking = true
  }

  endBlocking(): void {
    this.#isBlocking = false
  }

  /** Resolves when something has arrived. */
  arrival(): Promise<void> {
    return new Promise(resolve => {
      this.#wakes.push(resolve)
    })
  }

  /** While somebody waits, the stream keeps the process alive. */
  ref(): void {
    this.#inlet.ref()
  }

  unref(): void {
    this.#inlet.unref()
  }

  /** @throws InvalidArgumentError when a step can't have this value. */
  checkValue(value: unknown): void {
    if (value !== undefined) checkStepValue(value, this.#options.isTwoWay)
  }

  /** Orders one step, where each is. */
  step(value: unknown): void {
    if (this.hasEnded) return
    try {
      const sent = referLost('a stream', 'value', value)
      this.#post(sent === undefined ? [STEP, UNSENT, value] : [STEP, UNSENT, sent.data, sent.references])
    } catch (error) {
      throw notCloneable('a stream', 'value', value, error)
    }
    this.#inbox.spend()
  }

  /** Orders the step that throws; what was produced ahead is forgotten. */
  throw(error: unknown): void {
    const isOver = this.hasEnded
    this.#inbox.drop()
    if (isOver) {
      if (this.#isEndAhead) this.#inbox.conceal()
      throw error
    }
    // Ordered steps are answered first, and wait for their answers.
    this.#orders.add(this.isStepped ? undefined : { thrown: () => error })
    this.#inbox.spend()
    this.#post([THROW, UNSENT, encodeThrown(error)])
  }

  /** Tells the producer to stop; what was produced ahead, and what is still on its way, is not wanted any more. */
  stop(value: unknown): void {
    const isOver = this.hasEnded
    this.#forget()
    if (isOver) {
      if (this.#isEndAhead) this.#inbox.conceal()
      return
    }
    this.#orders.add({ value: undefined })
    const isLast = value === undefined
    try {
      const sent = referLost('a stream', 'value', value)
      if (sent === undefined) this.#post([RETURN, UNSENT, value, isLast])
      else this.#post([RETURN, UNSENT, sent.data, isLast, sent.references])
    } catch {
      // One that can't be sent is what the caller gets back all the same, unless the generator gives another.
      this.#post([RETURN, UNSENT, undefined, isLast])
    }
    this.#arrived()
  }

  /** Whether the stream has ended before an order came to the producer that it would have answered. */
  get hasUnanswered(): boolean {
    return this.hasEnded && this.#aborted === undefined && this.#orders.areOpen
  }

  /** Whether the producer has answered an order to stop with this value. */
  hasReturned(value: unknown): boolean {
    return this.hasEnded || (value !== undefined && !this.#orders.areOpen && this.#inbox.ahead > 0)
  }

  /**
   * What stopping gives: an error that the generator's `finally` threw is not lost, nor is an item that it has yielded,
   * after which the stream goes on where the generator was given a value.
   */
  returned(value: unknown): Result {
    // Before it is taken, which asks for more.
    if (value !== undefined && !this.hasEnded) this.#isStopped = false
    const taken = this.#inbox.take(0)
    return taken?.done === false ? taken : { done: true, value: taken?.value ?? value }
  }

  /**
   * Ends the stream from this side: the producer is told to stop, and whoever pulls gets `reason`, once the producer
   * has cleaned up or `closeTimeout` has passed.
   */
  abort(reason: unknown): void {
    if (this.hasEnded || this.#aborted !== undefined) return
    this.#forget()
    // Who pulled after it was left has been told that it is over.
    if (this.#isToldDone) this.#inbox.conceal()
    this.#aborted = { thrown: () => reason }
    this.#post([ABORT, UNSENT, encodeThrown(reason)])
    void this.untilStopped()
  }

  /** The user has let go of the stream. */
  drop(): void {
    this.stop(undefined)
    void this.untilStopped()
  }

  /** Waits for the end of a producer that was told to stop, at most `closeTimeout` milliseconds, and then abandons it. */
  async untilStopped(): Promise<void> {
    if (!this.#isBlocking) this.#inlet.listen()
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

  /** Waits for the answer to an order to stop with this value, as long. */
  async untilReturned(value: unknown): Promise<void> {
    if (value === undefined) return this.untilStopped()
    if (!this.#isBlocking) this.#inlet.listen()
    const answered = async (): Promise<void> => {
      while (!this.hasReturned(value)) await this.arrival()
    }
    if (!(await waitAtMost(answered(), this.#options.closeTimeout))) this.abandon()
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
    if (!hasBegun) return this.#post([OPEN, UNSENT, VERSION, items, bytes])
    // Lent for as many as the window may hold, so that nothing is overwritten that was not read.
    const memory = isFast && this.#inlet.canShare ? this.#loan.lend() : undefined
    this.#post(memory === undefined ? [CREDIT, UNSENT, items, bytes] : [CREDIT, UNSENT, items, bytes, memory])
  }

  #onMessage(message: unknown): void {
    if (!isToConsumer(message) || !isRestored(message, this.#options.live))
      return this.abort(unknownMessage(message))
    const miscounted = this.#counting.miscounted(message)
    if (miscounted !== undefined) return this.abort(miscounted)
    switch (message[0]) {
      case END:
        return this.#endBy({ value: message[2] })
      case FAIL:
        // Decoded when it is taken: only then does the stack show who took it.
        return this.#endBy({ thrown: () => thrownBy(message) })
      case CUT:
        return this.#cut(message)
      case RING:
        if (this.#loan.ring === undefined) return this.abort(unknownMessage(message))
        if (!this.#isStopped && this.#orders.overtaken === undefined) this.#inbox.addRing(this.#loan.ring)
        break
      case HELD:
        this.#inbox.hold()
        break
      case MORE:
        break
      default:
        if (this.#orders.overtaken !== undefined) this.#inbox.discard(message)
        else if (this.#aborted === undefined) this.#inbox.add(message)
    }
    this.#arrived()
  }

  /** From now on the producer answers what it was ordered. */
  #cut(message: Sign): void {
    if (!this.#orders.areOpen) return this.abort(unknownMessage(message))
    if (!this.#orders.answer()) return
    if (!this.#isStopped) return this.#inbox.drop()
    // What was asked for is void, but the answer may be an item.
    this.#inbox.reset()
    this.#inbox.spend()
  }

  #endBy(ending: Ending): void {
    const { overtaken } = this.#orders
    this.#isEndAhead = overtaken === undefined
    this.#close(overtaken ?? ending, true)
  }

  #arrived(): void {
    if (this.#wakes.length > 0) for (const wake of this.#wakes.splice(0)) wake()
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
