import type { Redis } from 'ioredis'

/** The channels to which a connection is subscribed, each as long as it is needed. */
export class Subscriptions {
  readonly #subscriber: Redis
  readonly #uses = new Map<string, number>()

  constructor(subscriber: Redis) {
    this.#subscriber = subscriber
  }

  /** Resolves when the server has confirmed the subscription. */
  async add(channel: string): Promise<void> {
    this.#uses.set(channel, (this.#uses.get(channel) ?? 0) + 1)
    await this.#subscriber.subscribe(channel)
  }

  async remove(channel: string): Promise<void> {
    const uses = this.#uses.get(channel) ?? 0
    if (uses > 1) this.#uses.set(channel, uses - 1)
    else if (this.#uses.delete(channel)) await this.#subscriber.unsubscribe(channel)
  }

  async clear(): Promise<void> {
    this.#uses.clear()
    await this.#subscriber.unsubscribe()
  }

  /** Resolves when the server has confirmed all subscriptions. */
  async settled(): Promise<void> {
    await this.#subscriber.subscribe(...this.#uses.keys())
  }
}
