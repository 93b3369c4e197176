import { now } from '@bridge/core/executor'
import type { Connection } from '../engine/engine.js'
import { encodeBatch } from '../wire/frame.js'

/** Frames for one address. */
interface Waiting {
  readonly frames: Uint8Array[]
  bytes: number
  onNoListener: (() => void)[]
}

/** How long, in milliseconds, a result waits at most for others that are about to follow: less than the system call that it saves. */
const GATHER = 0.3

/**
 * Sends a worker's frames to its callers; frames to one address in one turn are sent as a batch. While this worker runs other
 * calls, which may end at any moment, frames wait until a turn of the event loop adds no other, at most `GATHER`: a write to a
 * socket costs as much as running several small calls.
 */
export class Outbox {
  readonly #connection: Connection
  readonly #expectsMore: () => boolean
  /** The number of waiting frames, now and at the last turn of the event loop. */
  #count = 0
  #counted = 0
  #since = 0
  readonly #waiting = new Map<string, Waiting>()
  /** The maximum size of a batch. */
  readonly #most: number

  /** `expectsMore` returns whether other frames may follow soon. */
  constructor(connection: Connection, expectsMore: () => boolean) {
    this.#connection = connection
    this.#expectsMore = expectsMore
    this.#most = connection.maxBytes - 1024
  }

  /** Sends a frame; `onNoListener` is called if the engine learns that no process listens there. */
  post(address: string, frame: Uint8Array, onNoListener?: () => void): void {
    if (this.#waiting.size === 0) process.nextTick(this.#flushOrGather)
    this.#count++
    let waiting = this.#waiting.get(address)
    if (waiting !== undefined && waiting.bytes + frame.length > this.#most) {
      this.#send(address, waiting)
      waiting = undefined
    }
    if (waiting === undefined) {
      waiting = { frames: [], bytes: 0, onNoListener: [] }
      this.#waiting.set(address, waiting)
    }
    waiting.frames.push(frame)
    waiting.bytes += frame.length + 4
    if (onNoListener !== undefined) waiting.onNoListener.push(onNoListener)
  }

  /** Sends the waiting frames. */
  readonly flush = (): void => {
    const all = [...this.#waiting]
    this.#waiting.clear()
    this.#count = 0
    this.#counted = 0
    for (const [address, waiting] of all) this.#send(address, waiting)
  }

  readonly #flushOrGather = (): void => {
    if (this.#count === 0) return
    if (!this.#expectsMore()) return this.flush()
    this.#since = now()
    this.#counted = this.#count
    setImmediate(this.#gather)
  }

  readonly #gather = (): void => {
    if (this.#count === 0) return
    if (this.#count === this.#counted || now() - this.#since >= GATHER) return this.flush()
    this.#counted = this.#count
    setImmediate(this.#gather)
  }

  #send(address: string, { frames, onNoListener }: Waiting): void {
    const notifyAll = (): void => {
      for (const missed of onNoListener) missed()
    }
    try {
      this.#connection.post(address, encodeBatch(frames), onNoListener.length === 0 ? undefined : notifyAll)
    } catch {
      // A restarted server may have a smaller limit: frames that it refuses are detected like lost frames.
    }
  }
}
