import { CannotBlockError } from '@bridge/core'
import { checkStepValue, encodeThrown } from '@bridge/core/executor'
import { referLost, waitAtMost } from '@bridge/core/internal'
import type { StreamPort } from '../protocol/port.js'
import { isRestored } from '../protocol/restore-references.js'
import { unsent } from '../protocol/unsent.js'
import {
  ABORT,
  Counting,
  CREDIT,
  CUT,
  creditExceeded,
  END,
  FAIL,
  HELD,
  isToConsumer,
  type Marker,
  MORE,
  OPEN,
  RETURN,
  RING,
  STEP,
  THROW,
  type ToProducer,
  UNSENT,
  unknownMessage,
  VERSION
} from '../protocol/wire.js'
import type { ConsumerOptions } from './consumer-options.js'
import type { CurrentBatch } from './current-batch.js'
import { Inbox, type Outcome, WIDEST } from './inbox.js'
import type { StreamProgress } from './progress.js'
import { RingLoan } from './ring-loan.js'
import { StreamReceiver } from './stream-receiver.js'
import { thrownBy } from './thrown-by.js'
import { UnansweredCommands } from './unanswered-commands.js'

type Result = IteratorResult<unknown, unknown>

/** The consumer's end of a stream; how its user waits for items is up to its awaited and its blocking side. */
export class Consumer {
  /** Resolves when the producer has ended, including its `finally`, is gone or was abandoned. */
  readonly ended: Promise<void>
  /** The items that both sides take directly. */
  readonly current: CurrentBatch
  readonly #receiver: StreamReceiver
  readonly #options: ConsumerOptions
  readonly #inbox: Inbox
  #resolveEnded!: () => void
  readonly #loan = new RingLoan(WIDEST)
  readonly #counting = new Counting()
  readonly #wakes: (() => void)[] = []
  #hasBegun = false
  #isStopped = false
  #isBlocking = false
  /** The outcome after an abort by the consumer, which overrides that of the producer. */
  #aborted: Outcome | undefined
  readonly #commands = new UnansweredCommands()
  /** A pull has been given `done` while the stream was stopping. */
  #hasGivenDone = false
  /** The producer's end has arrived and was not taken. */
  #isEndBuffered = false

  constructor(port: StreamPort, options: ConsumerOptions) {
    this.#options = options
    this.#inbox = new Inbox(options.window, options.widest, options.asked, {
      grant: (items, bytes, isFast) => {
        if (!this.#isStopped) this.#grant(items, bytes, isFast)
      },
      onReleased: () => this.#loan.release(),
      onCreditExceeded: () => this.abort(creditExceeded())
    })
    this.current = this.#inbox.current
    this.ended = new Promise(resolve => {
      this.#resolveEnded = resolve
    })
    this.#receiver = new StreamReceiver(port, {
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

  /** Whether a request to stop is unanswered: its answer does not belong to a pull. */
  get isStopping(): boolean {
    return this.#isStopped && this.#aborted === undefined && !this.hasEnded
  }

  /** Whether it was aborted by the consumer; it then waits for its producer as long as after a stop. */
  get isAborted(): boolean {
    return this.#aborted !== undefined
  }

  /** The result of a pull while the stream is stopping. */
  doneIfStopping(): Result | undefined {
    if (!this.isStopping) return undefined
    this.#hasGivenDone = true
    return { done: true, value: undefined }
  }

  /** Whether no item is requested ahead of its pull. */
  get isStepped(): boolean {
    return this.#options.window === 0
  }

  /**
   * The next item or the end, if available. At most `free` items after it may be taken from the current batch directly.
   *
   * @throws whatever ended the stream, once.
   */
  take(free: number): Result | undefined {
    for (;;) {
      const taken = this.#inbox.take(free)
      // Arrived messages are taken at once; the event loop would deliver them only at its next turn.
      if (taken !== undefined || !this.receive()) return taken
    }
  }

  /** Takes a message that has arrived; returns whether there was one. */
  receive(): boolean {
    return this.#receiver.receive()
  }

  /**
   * Lets the event loop turn without taking all arrived messages: data that is taken long before it is used outlives the
   * young generation, and buffers then pile up until a full garbage collection.
   */
  withoutListening(turn: () => Promise<void>): Promise<void> {
    // Numbers in the ring do not come by the event loop.
    return this.#inbox.readsRing ? turn() : this.#receiver.withoutListening(turn)
  }

  /** Lets the event loop deliver messages, if it does not yet. */
  listen(): void {
    this.#receiver.listen()
  }

  /** Processes messages that have arrived while this stream let the event loop turn. */
  takeBuffered(): void {
    this.#receiver.takeBuffered()
  }

  /**
   * From now on until `endBlocking()`, messages are received without the event loop.
   *
   * @throws CannotBlockError when only the event loop can deliver messages.
   */
  beginBlocking(): void {
    if (!this.hasEnded && !this.#receiver.canReceive) {
      throw new CannotBlockError(
        'on Deno a thread cannot block on a stream that was awaited, because arrived messages are out of reach; ' +
          'continue with for await'
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

  /** While a pull is pending, the stream keeps the process alive. */
  ref(): void {
    this.#receiver.ref()
  }

  unref(): void {
    this.#receiver.unref()
  }

  /** @throws InvalidArgumentError when a step cannot pass this value. */
  checkValue(value: unknown): void {
    if (value !== undefined) checkStepValue(value, this.#options.isTwoWay)
  }

  /** Requests one step of a stepped stream. */
  step(value: unknown): void {
    if (this.hasEnded) return
    try {
      const sent = referLost('a stream', 'value', value)
      this.#post(sent === undefined ? [STEP, UNSENT, value] : [STEP, UNSENT, sent.data, sent.references])
    } catch (error) {
      throw unsent('value', value, error)
    }
    this.#inbox.spend()
  }

  /** Requests the step that throws; items that were produced ahead are discarded. */
  throw(error: unknown): void {
    const isOver = this.hasEnded
    this.#inbox.clear()
    if (isOver) {
      if (this.#isEndBuffered) this.#inbox.hideOutcome()
      throw error
    }
    // Steps requested before are answered first, and their pulls wait for that.
    this.#commands.add(this.isStepped ? undefined : { thrown: () => error })
    this.#inbox.spend()
    this.#post([THROW, UNSENT, encodeThrown(error)])
  }

  /** Requests the producer to stop; items that were produced ahead, or are on their way, are discarded. */
  stop(value: unknown): void {
    const isOver = this.hasEnded
    this.#discardItems()
    if (isOver) {
      if (this.#isEndBuffered) this.#inbox.hideOutcome()
      return
    }
    this.#commands.add({ value: undefined })
    const isLast = value === undefined
    try {
      const sent = referLost('a stream', 'value', value)
      if (sent === undefined) this.#post([RETURN, UNSENT, value, isLast])
      else this.#post([RETURN, UNSENT, sent.data, isLast, sent.references])
    } catch {
      // A value that cannot be sent is still what return() resolves to, unless the generator returns another.
      this.#post([RETURN, UNSENT, undefined, isLast])
    }
    this.#arrived()
  }

  /** Whether the stream has ended before the producer received a command that it would have answered. */
  get hasUnanswered(): boolean {
    return this.hasEnded && this.#aborted === undefined && this.#commands.arePending
  }

  /** Whether the producer has answered a request to stop with this value. */
  hasReturned(value: unknown): boolean {
    return this.hasEnded || (value !== undefined && !this.#commands.arePending && this.#inbox.ahead > 0)
  }

  /**
   * The result of a stop. An error of the generator's `finally` is thrown, and an item that it has yielded is returned, after
   * which the stream continues if the generator was passed a value.
   */
  returned(value: unknown): Result {
    // Before taking, which requests more items.
    if (value !== undefined && !this.hasEnded) this.#isStopped = false
    const taken = this.#inbox.take(0)
    return taken?.done === false ? taken : { done: true, value: taken?.value ?? value }
  }

  /**
   * Ends the stream from the consumer's side: the producer stops, and the pending pull rejects with `reason` once the
   * producer has cleaned up or `closeTimeout` has passed.
   */
  abort(reason: unknown): void {
    if (this.hasEnded || this.#aborted !== undefined) return
    this.#discardItems()
    // A pull after `return()` has already been given `done`.
    if (this.#hasGivenDone) this.#inbox.hideOutcome()
    this.#aborted = { thrown: () => reason }
    this.#post([ABORT, UNSENT, encodeThrown(reason)])
    void this.untilStopped()
  }

  /** To be called when the user's stream object was garbage-collected. */
  drop(): void {
    this.stop(undefined)
    void this.untilStopped()
  }

  /** Waits for the end of a producer that was requested to stop, at most `closeTimeout` milliseconds, and then abandons it. */
  async untilStopped(): Promise<void> {
    if (!this.#isBlocking) this.#receiver.listen()
    let timeout = this.#options.closeTimeout
    do {
      if (await waitAtMost(this.ended, timeout)) return
      timeout = this.extraTime()
    } while (timeout > 0)
    this.abandon()
  }

  /** How many milliseconds more to wait for a producer that has not ended within `closeTimeout`. */
  extraTime(): number {
    // An executor may know that the producer never ends, and why.
    return this.#receiver.isClosed ? 0 : (this.#options.onStuck?.() ?? 0)
  }

  /** Waits as long for the answer to a request to stop with this value. */
  async untilReturned(value: unknown): Promise<void> {
    if (value === undefined) return this.untilStopped()
    if (!this.#isBlocking) this.#receiver.listen()
    const answered = async (): Promise<void> => {
      while (!this.hasReturned(value)) await this.arrival()
    }
    if (!(await waitAtMost(answered(), this.#options.closeTimeout))) this.abandon()
  }

  /** Stops waiting for a producer that was requested to stop: its later messages are discarded. */
  abandon(): void {
    this.#close({ value: undefined }, false)
  }

  /** To be called when the producer is gone, and nothing more can arrive. */
  fail(error: unknown): void {
    this.#close({ thrown: () => error }, false)
  }

  #post(message: ToProducer): void {
    if (!this.#hasBegun) this.#grant(0, 0, false)
    this.#receiver.post(message)
  }

  #discardItems(): void {
    this.#isStopped = true
    this.#inbox.clear()
    // Items that the producer writes until it receives the command must not be taken.
    this.#inbox.release()
  }

  #grant(items: number, bytes: number, isFast: boolean): void {
    const hasBegun = this.#hasBegun
    this.#hasBegun = true
    if (!hasBegun) return this.#post([OPEN, UNSENT, VERSION, items, bytes])
    // Large enough for the largest window, so that unread numbers are never overwritten.
    const memory = isFast && this.#receiver.canShare ? this.#loan.lend() : undefined
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
        // Decoded when it is taken, so that the stack shows where it was taken.
        return this.#endBy({ thrown: () => thrownBy(message) })
      case CUT:
        return this.#cut(message)
      case RING:
        if (this.#loan.ring === undefined) return this.abort(unknownMessage(message))
        if (!this.#isStopped && this.#commands.overtaken === undefined) this.#inbox.addRing(this.#loan.ring)
        break
      case HELD:
        this.#inbox.hold()
        break
      case MORE:
        break
      default:
        if (this.#commands.overtaken !== undefined) this.#inbox.discard(message)
        else if (this.#aborted === undefined) this.#inbox.add(message)
    }
    this.#arrived()
  }

  /** The producer's answer to a command follows. */
  #cut(message: Marker): void {
    if (!this.#commands.arePending) return this.abort(unknownMessage(message))
    if (!this.#commands.answer()) return
    if (!this.#isStopped) return this.#inbox.clear()
    // Requested items will not arrive, but the answer may be an item.
    this.#inbox.reset()
    this.#inbox.spend()
  }

  #endBy(outcome: Outcome): void {
    const { overtaken } = this.#commands
    this.#isEndBuffered = overtaken === undefined
    this.#close(overtaken ?? outcome, true)
  }

  #arrived(): void {
    if (this.#wakes.length > 0) for (const wake of this.#wakes.splice(0)) wake()
  }

  #close(outcome: Outcome, isOver: boolean): void {
    if (this.#receiver.isClosed) return
    this.#inbox.end(this.#aborted ?? outcome)
    const isKept = isOver && this.#options.keepPort
    this.#receiver.close(isKept)
    this.#loan.end(isOver)
    if (this.#isStopped) this.#inbox.release()
    this.#resolveEnded()
    this.#options.onEnd(isKept)
    this.#arrived()
  }
}
