import type { ServedCall } from './served-call.js'

/** How often, in milliseconds, a surplus of waiting calls is reported to the other workers. */
const EVERY = 25

/** How long, in milliseconds, another worker's report is considered current. */
const FRESH = 200

/** What sharing needs of the worker. */
export interface SharingEvents {
  /** How many calls run here at once. */
  readonly places: number
  /** The calls that run or wait in this worker, in order of arrival. */
  readonly held: ReadonlySet<ServedCall>
  /** The address of the workers that may run a call. */
  addressOf(call: ServedCall): string
  /** Reports to all workers at the address how many of its calls wait in this worker. */
  sendSurplus(address: string, surplus: number): void
  /** Reports to one worker how many more calls of the address this worker could run. */
  sendRoom(worker: string, address: string, room: number): void
  /** Removes a waiting call from the pool and forwards it to another worker; returns `false` if it already runs. */
  forward(call: ServedCall, worker: string): boolean
}

/** Another worker that has more calls than it can run. */
interface Loaded {
  readonly worker: string
  readonly address: string
  readonly until: number
}

/**
 * Balances calls that an engine has distributed without regard to load: a worker with waiting calls reports them, and a worker
 * that has room asks for some. A call that has started stays where it is.
 */
export class Sharing {
  readonly #events: SharingEvents
  readonly #loaded = new Map<string, Loaded>()
  #timer: NodeJS.Timeout | undefined
  #sentAt = 0

  constructor(events: SharingEvents) {
    this.#events = events
  }

  /** To be called when a call has arrived. */
  added(): void {
    if (this.#events.held.size <= this.#events.places) return
    if (performance.now() - this.#sentAt >= EVERY) this.#send()
    this.#timer ??= setInterval(this.#look, EVERY).unref()
  }

  /** To be called when a call has left, so that there may be room. */
  removed(): void {
    const { room } = this
    if (room <= 0 || this.#loaded.size === 0) return
    const time = performance.now()
    for (const [key, { worker, address, until }] of this.#loaded) {
      this.#loaded.delete(key)
      if (until < time) continue
      this.#events.sendRoom(worker, address, room)
      return
    }
  }

  /** To be called when another worker reports more calls than it can run. */
  onSurplus(worker: string, address: string): void {
    const { room } = this
    if (room > 0) this.#events.sendRoom(worker, address, room)
    else this.#loaded.set(worker, { worker, address, until: performance.now() + FRESH })
  }

  /** To be called when another worker reports that it has room. */
  onRoom(worker: string, address: string, room: number): void {
    let left = Math.min(room, -this.room)
    for (const call of this.#events.held) {
      if (left <= 0) return
      if (call.head.affinity !== undefined || this.#events.addressOf(call) !== address) continue
      if (this.#events.forward(call, worker)) left--
    }
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** How many more calls this worker could run; if negative, how many wait. */
  get room(): number {
    return this.#events.places - this.#events.held.size
  }

  readonly #look = (): void => {
    if (this.room >= 0) this.end()
    else this.#send()
  }

  #send(): void {
    this.#sentAt = performance.now()
    const surplus = new Map<string, number>()
    let place = 0
    for (const call of this.#events.held) {
      if (place++ < this.#events.places || call.head.affinity !== undefined) continue
      const address = this.#events.addressOf(call)
      surplus.set(address, (surplus.get(address) ?? 0) + 1)
    }
    for (const [address, count] of surplus) this.#events.sendSurplus(address, count)
  }
}
