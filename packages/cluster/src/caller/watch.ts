import { PeerLiveness } from '../wire/peer-liveness.js'
import type { SentCall } from './sent-call.js'

/** The interval, in milliseconds, at which workers are asked about pending calls. */
const EVERY = 200

/**
 * How many milliseconds workers have to reconnect after this process has: longer than the engine itself continues to look
 * for a worker.
 */
const SETTLE = 4000

/** The maximum number of a queue's calls that are asked about at once, those first that were asked about longest ago. */
const MOST_ASKED = 250

/** The maximum number of ids in a ping, so that it fits into a frame. */
const MOST_PINGED = 10_000

/** How often all workers must be asked without any having the call, before it counts as lost. */
const SILENCES = 3

/** Callbacks of the watch. */
export interface WatchEvents {
  /** The calls that have not settled. */
  readonly calls: ReadonlyMap<number, SentCall>
  /** Asks a worker about its calls; `onNoListener` when there is none at the address. */
  ping(worker: string, ids: readonly number[], onNoListener: () => void): void
  /** Asks all workers of a queue which of these calls they have; `isSettled` if they have had time to reconnect. */
  ask(queue: string, calls: readonly SentCall[], isSettled: boolean): void
  /** A worker is gone. */
  onGone(worker: string): void
  /** No worker has a call. */
  onUnknown(call: SentCall): void
}

/**
 * Detects lost calls and workers: if twice nothing listens at a worker's address, the worker is gone; an existing worker
 * reports which calls it has.
 */
export class Watch {
  readonly #events: WatchEvents
  readonly #workers: PeerLiveness
  #timer: NodeJS.Timeout | undefined
  #isUp = true
  #quietUntil = 0

  constructor(events: WatchEvents) {
    this.#events = events
    this.#workers = new PeerLiveness(worker => events.onGone(worker))
  }

  /** Starts the watch, when there is a call. It keeps the process alive, which an engine in memory does not. */
  begin(): void {
    this.#timer ??= setInterval(this.#check, EVERY)
  }

  /** Stops the watch. */
  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#workers.clear()
  }

  alive(worker: string): void {
    this.#workers.alive(worker)
  }

  /** While the server is away nothing can be detected; when it is available again, workers need some time to reconnect. */
  onStatus(isUp: boolean): void {
    this.#isUp = isUp
    if (isUp) this.#quietUntil = performance.now() + SETTLE
    this.#workers.clear()
  }

  readonly #check = (): void => {
    if (!this.#isUp) return
    // Not together with the last call, because the next call would have to create the timer again.
    if (this.#events.calls.size === 0) return this.end()
    const byWorker = new Map<string, number[]>()
    const byQueue = new Map<string, SentCall[]>()
    const time = performance.now()
    for (const call of this.#events.calls.values()) {
      if (call.worker !== undefined) add(byWorker, call.worker, call.id)
      else if (call.attempts > 0 && time - call.sentAt > EVERY) add(byQueue, call.queue, call)
    }
    const isSettled = time > this.#quietUntil
    for (const [worker, ids] of byWorker) {
      for (let at = 0; at < ids.length; at += MOST_PINGED) {
        this.#ping(worker, ids.slice(at, at + MOST_PINGED), isSettled)
      }
    }
    for (const [queue, all] of byQueue) {
      const calls = longestUnasked(all)
      for (const call of calls) call.askedAt = time
      this.#events.ask(queue, calls, isSettled)
      if (!isSettled) continue
      for (const call of calls) if (++call.silences > SILENCES) this.#events.onUnknown(call)
    }
  }

  #ping(worker: string, ids: readonly number[], isSettled: boolean): void {
    const ping = (): void =>
      this.#events.ping(worker, ids, () => {
        if (isSettled && this.#isUp) this.#workers.missed(worker, ping)
      })
    ping()
  }
}

function longestUnasked(calls: readonly SentCall[]): readonly SentCall[] {
  if (calls.length <= MOST_ASKED) return calls
  return [...calls].sort((one, other) => one.askedAt - other.askedAt).slice(0, MOST_ASKED)
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [item])
  else list.push(item)
}
