import { CallAbortedError } from '@bridge/core'
import {
  limitReached,
  now,
  type Run,
  type Task,
  timeoutError,
  unreadable,
  watchLimits
} from '@bridge/core/executor'
import { type Blocker, notifier, openStream } from '@bridge/iter'
import { ABANDON, PROMISED, RETURNED, STREAMED } from '../../callback/wire.js'
import { type References, UNREAD } from '../../connection/wire.js'
import { HeldStream } from '../../thread/held-stream.js'
import { type Outcome, takeOutcome } from '../../thread/outcome.js'
import { streamOptions } from '../../thread/stream-options.js'
import { waitTimeout } from '../../thread/timeout-errors.js'
import type { Answered, Caller } from './caller.js'

/** Milliseconds that stopping a stream waits for the parent's generator, unless set. */
const CLOSE_TIMEOUT = 1000

/** One call of a function of the parent. */
export class CallbackRun implements Run, Answered {
  readonly id: number
  readonly #task: Task
  readonly #caller: Caller
  readonly #receive: (data: unknown, references: NonNullable<References>) => unknown
  /** How a consumer waits for its stream. */
  readonly #blocker: Blocker = {
    blockUntil: (isDone, timeout) =>
      this.#caller.blockUntil(
        () => {
          if (this.#caller.isCancelled) throw this.#aborted()
          return isDone()
        },
        timeout,
        this.id
      )
  }
  #settled: Outcome | undefined
  #isPromised = false
  #promise: Promise<unknown> | undefined
  #arrive: (() => void) | undefined
  #stopWatching: () => void = () => {}

  /** `receive` replaces the references in received data. */
  constructor(
    task: Task,
    caller: Caller,
    receive: (data: unknown, references: NonNullable<References>) => unknown
  ) {
    this.#task = task
    this.#caller = caller
    this.#receive = receive
    this.id = caller.expect(this)
  }

  get promise(): Promise<unknown> {
    this.#promise ??= this.#outcome()
    return this.#promise
  }

  /** From now on the task's limits end it. */
  watch(): void {
    this.#stopWatching = watchLimits(this.#task, reason => this.cancel(reason)).stop
  }

  /** Blocks until the function has returned; the promise of a plain function is returned as a promise. */
  waitSync(timeout = Infinity): unknown {
    const waitEnds = now() + timeout
    const limit = this.#task.deadline ?? Infinity
    const isDone = (): boolean => {
      if (this.#caller.isCancelled) this.cancel(this.#aborted())
      return this.#settled !== undefined || this.#isPromised
    }
    if (!this.#caller.blockUntil(isDone, Math.min(waitEnds, limit) - now(), this.id)) {
      if (limit > waitEnds) throw waitTimeout(this.#task, timeout)
      this.cancel(limitReached(this.#task)?.reason ?? timeoutError(this.#task))
    }
    // Its answer may have come at the same moment.
    return this.#isPromised || this.#settled === undefined ? this.promise : takeOutcome(this.#settled)
  }

  cancel(reason: unknown): void {
    if (this.#settled !== undefined) return
    this.#caller.post([ABANDON, this.id])
    this.settle({ reason })
  }

  settle(settled: Outcome): void {
    if (this.#settled !== undefined) return
    this.#caller.discard(this.id)
    this.#stopWatching()
    this.#settled = settled
    this.#arrive?.()
  }

  onAnswer(message: Parameters<Answered['onAnswer']>[0]): void {
    if (message[0] === PROMISED) {
      this.#isPromised = true
      this.watch()
      return
    }
    if (message[0] === STREAMED) {
      const { port, senderWord } = message[2]
      const onSend = senderWord === undefined ? undefined : notifier(senderWord)
      const stream = openStream<unknown>(port, {
        ...streamOptions(this.#task, CLOSE_TIMEOUT),
        blocker: this.#blocker,
        onSend
      })
      this.settle({ stream: new HeldStream(stream) })
    } else if (message[0] === UNREAD) {
      this.settle({ reason: unreadable(`${this.#task.name}()`, message[2], message[3]) })
    } else if (message[0] === RETURNED) this.#returned(message[2], message[3])
    else this.settle({ thrown: message[2] })
  }

  #returned(data: unknown, references: References): void {
    const value = references === undefined ? data : this.#receive(data, references)
    if (references === undefined || !(value instanceof Promise)) this.settle({ value })
    else
      value.then(
        received => this.settle({ value: received }),
        (reason: unknown) => this.settle({ reason })
      )
  }

  #aborted(): CallAbortedError {
    return new CallAbortedError(`${this.#task.name}(): the call that waits for it was cancelled`)
  }

  async #outcome(): Promise<unknown> {
    if (this.#settled === undefined) {
      await new Promise<void>(resolve => {
        this.#arrive = resolve
      })
    }
    this.#promise = undefined
    return takeOutcome(this.#settled as unknown as Outcome)
  }
}
