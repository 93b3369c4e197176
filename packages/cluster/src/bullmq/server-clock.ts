import type { Redis } from 'ioredis'

/** How often the clock is read: the fastest answer is the most precise. */
const READS = 3

/** An estimate of the server's clock by round trips. */
export class ServerClock {
  #ahead = 0
  /** The maximum error of the estimate: the clock was read between the request and the answer. */
  #doubt = 0

  async read(client: Redis): Promise<void> {
    let best = Infinity
    for (let n = 0; n < READS; n++) {
      const asked = Date.now()
      const [seconds, microseconds] = await client.time()
      const trip = Date.now() - asked
      if (trip >= best) continue
      best = trip
      this.#ahead = Number(seconds) * 1000 + Number(microseconds) / 1000 - (asked + trip / 2)
    }
    this.#doubt = best / 2 + 1
  }

  /** Milliseconds since the epoch, rounded up by the error. */
  now(): number {
    return Math.ceil(Date.now() + this.#ahead + this.#doubt)
  }

  /** Milliseconds since a time of the server's clock, rounded down by the error, so that a call does not lose time. */
  since(time: number): number {
    return Math.max(0, Math.floor(Date.now() + this.#ahead - this.#doubt) - time)
  }
}
