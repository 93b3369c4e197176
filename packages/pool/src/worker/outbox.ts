import {
  encodeThrown,
  hasMarks,
  hasObjects,
  notCloneable,
  type Transferable,
  takeTransfers
} from '@bridge/core/executor'
import { notifier } from '@bridge/iter'
import { FlatWriter } from '../connection/flat-writer.js'
import { SentHeads } from '../connection/message-heads.js'
import { Ring } from '../connection/ring.js'
import { putAnswer } from '../connection/ring-calls.js'
import {
  HEAD,
  PARENT_WOKEN,
  REPLIES,
  type References,
  THROWN,
  type ThreadData,
  TO_PARENT,
  type ToParent,
  VALUE,
  WAKE,
  WORKER_SENT
} from '../connection/wire.js'

import type { ThreadObjectStore } from './thread-object-store.js'

/** What a thread sends to its parent: small values through the ring, everything else as messages. */
export class Outbox {
  /** Wakes a blocked parent. */
  readonly notify: () => void
  readonly #port: ThreadData['port']
  readonly #control: ThreadData['control']
  readonly #replies: Ring
  readonly #written = new FlatWriter()
  readonly #heads: SentHeads
  readonly #store: ThreadObjectStore
  #hasNews = false

  constructor({ port, wake, control, rings, heads }: ThreadData, store: ThreadObjectStore) {
    this.#store = store
    this.#port = port
    this.#control = control
    this.#replies = new Ring(rings, REPLIES)
    this.#heads = new SentHeads(heads, TO_PARENT)
    this.notify = notifier(wake)
  }

  /** @throws DataCloneError when the message can't be cloned. */
  send(message: ToParent, transferList?: readonly Transferable[]): void {
    const head = message[0] === VALUE ? message[1] : message[0] === THROWN ? -message[1] : 0
    if (!this.#heads.write(head)) this.#post([HEAD, head])
    this.#post(message, transferList)
    this.notify()
  }

  #post(message: ToParent, transferList?: readonly Transferable[]): void {
    this.#port.postMessage(message, transferList as [])
    this.#heads.count()
    Atomics.add(this.#control, WORKER_SENT, 1)
  }

  /**
   * Answers a call with a value; `isBlocked` when its caller is blocked, so that it need not be woken from its event
   * loop.
   */
  sendValue(id: number, name: string, value: unknown, runTime: number, isBlocked: boolean): void {
    // A value that may contain references has to be searched first.
    const isPrimitive = typeof value !== 'object' || value === null
    if (isPrimitive && this.#putInRing(id, value, runTime)) this.#tell(isBlocked)
    else this.#sendLooked(id, name, value, runTime, isBlocked)
  }

  #sendLooked(id: number, name: string, value: unknown, runTime: number, isBlocked: boolean): void {
    let references: References
    // A number or a text can't have a transfer list.
    const transferList = typeof value === 'object' ? takeTransfers([value]) : undefined
    const part = { name, what: 'its result', transferList } as const
    // A value for the ring contains no references if nothing that can be referenced was ever created here.
    const isSure = transferList === undefined && !hasMarks() && !hasObjects() && !this.#store.objects.isUsed
    if (isSure && this.#putInRing(id, value, runTime)) return this.#tell(isBlocked)
    try {
      const referring = this.#store.refer(value, part)
      references = referring?.references
      if (!isSure && referring === undefined && this.#putInRing(id, value, runTime)) this.#tell(isBlocked)
      else {
        this.send(
          [VALUE, id, referring === undefined ? value : referring.data, runTime, references],
          transferList
        )
      }
    } catch (error) {
      this.#store.reclaim(references)
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
   * Wakes a parent that sleeps in its event loop if there are values in the ring for which it has not been woken.
   * Waking it for each of them would cost more than the calls.
   */
  wakeParent(): void {
    if (!this.#hasNews) return
    this.#hasNews = false
    if (Atomics.exchange(this.#control, PARENT_WOKEN, 1) === 0) this.send([WAKE])
  }
}
