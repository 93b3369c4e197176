import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

/** The BullMQ queues of a connection, each created once. */
export class Queues {
  readonly #client: Redis
  readonly #prefix: string
  readonly #queues = new Map<string, Queue>()

  constructor(client: Redis, prefix: string) {
    this.#client = client
    this.#prefix = prefix
  }

  get(bullQueue: string): Queue {
    const known = this.#queues.get(bullQueue)
    if (known !== undefined) return known
    const queue = new Queue(bullQueue, {
      connection: this.#client,
      prefix: this.#prefix,
      skipVersionCheck: true,
      streams: { events: { maxLen: 1000 } }
    })
    // The commands themselves fail, too. The listener lives as long as the queue.
    queue.on('error', () => {})
    this.#queues.set(bullQueue, queue)
    return queue
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(queue => queue.close().catch(() => {})))
  }
}
