import {
  encodeThrown,
  hasMarks,
  hasObjects,
  notCloneable,
  type Transferable,
  takeTransfers
} from '@bridge/core/executor'
import { notifier } from '@bridge/iter'
import { FlatWriter } from '../lane/flat-writer.js'
import { SentHeads } from '../lane/message-heads.js'
import { Ring } from '../lane/ring.js'
import { putAnswer } from '../lane/ring-calls.js'
import {
  HEAD,
  OWNER_WOKEN,
  REPLIES,
  type References,
  SENT,
  THROWN,
  type ThreadData,
  TO_OWNER,
  type ToOwner,
  VALUE,
  WAKE
} from '../lane/wire.js'

import type { ThreadKeeper } from './thread-keeper.js'

/** What a thread sends to its owner: small values through the ring, everything else as messages. */
export class Outbox {
  /** Wakes an owner that is blocked. */
  readonly notify: () => void
  readonly #port: ThreadData['port']
  readonly #control: ThreadData['control']
  readonly #replies: Ring
  readonly #written = new FlatWriter()
  readonly #heads: SentHeads
  readonly #keeper: ThreadKeeper
  #hasNews = false

  constructor({ port, wake, control, rings, heads }: ThreadData, keeper: ThreadKeeper) {
    this.#keeper = keeper
    this.#port = port
    this.#control = control
    this.#replies = new Ring(rings, REPLIES)
    this.#heads = new SentHeads(heads, TO_OWNER)
    this.notify = notifier(wake)
  }

  /** @throws DataCloneError when the message can't be cloned. */
  send(message: ToOwner, moves?: readonly Transferable[]): void {
    const head = message[0] === VALUE ? message[1] : message[0] === THROWN ? -message[1] : 0
    if (!this.#heads.write(head)) this.#post([HEAD, head])
    this.#post(message, moves)
    this.notify()
  }

  #post(message: ToOwner, moves?: readonly Transferable[]): void {
    this.#port.postMessage(message, moves as [])
    this.#heads.count()
    Atomics.add(this.#control, SENT, 1)
  }

  /** Answers a call with a value; `isBlocked` when its caller is, and need not be woken from its event loop. */
  sendValue(id: number, name: string, value: unknown, runTime: number, isBlocked: boolean): void {
    // What may hold anything else has to be looked at first.
    const isPrimitive = typeof value !== 'object' || value === null
    if (isPrimitive && this.#putInRing(id, value, runTime)) this.#tell(isBlocked)
    else this.#sendLooked(id, name, value, runTime, isBlocked)
  }

  #sendLooked(id: number, name: string, value: unknown, runTime: number, isBlocked: boolean): void {
    let references: References
    // What is a number or a text can be marked for nothing.
    const moves = typeof value === 'object' ? takeTransfers([value]) : undefined
    const part = { name, what: 'its result', moves } as const
    // What goes through the ring refers to nothing, where nothing that can be referred to was ever made here.
    const isSure = moves === undefined && !hasMarks() && !hasObjects() && !this.#keeper.objects.isUsed
    if (isSure && this.#putInRing(id, value, runTime)) return this.#tell(isBlocked)
    try {
      const referring = this.#keeper.refer(value, part)
      references = referring?.references
      if (!isSure && referring === undefined && this.#putInRing(id, value, runTime)) this.#tell(isBlocked)
      else {
        this.send([VALUE, id, referring === undefined ? value : referring.data, runTime, references], moves)
      }
    } catch (error) {
      this.#keeper.takeBack(references)
      this.send([THROWN, id, encodeThrown(notCloneable(`${name}()`, 'its result', value, error))])
    }
  }

  #putInRing(id: number, value: unknown, runTime: number): boolean {
    return this.#written.write([value]) && putAnswer(this.#replies, id, this.#written, runTime)
  }

  /** There is an answer in the ring. */
  #tell(isBlocked: boolean): void {
    this.notify()
    if (!isBlocked) this.#hasNews = true
  }

  /**
   * Wakes an owner that sleeps in its event loop if there are values in the ring that it has not been woken for. One
   * that was woken for each would do little but wake up.
   */
  wakeOwner(): void {
    if (!this.#hasNews) return
    this.#hasNews = false
    if (Atomics.exchange(this.#control, OWNER_WOKEN, 1) === 0) this.send([WAKE])
  }
}
