import { createHash } from 'node:crypto'
import type { LoadHead } from '../wire/frame.js'

/** How long, in milliseconds, the known workers of a queue are considered current. */
const FRESH = 2000

interface Known {
  readonly workers: readonly string[]
  readonly until: number
}

/**
 * Finds the worker for an affinity key: of all current workers, the one whose hash together with the key is the highest, so
 * that a worker that starts or stops moves only its own keys.
 */
export class AffinityWorkers {
  readonly #known = new Map<string, Known>()
  readonly #loads: (queue: string) => Promise<readonly LoadHead[]>

  constructor(loads: (queue: string) => Promise<readonly LoadHead[]>) {
    this.#loads = loads
  }

  /** The address of the key's worker; `undefined` if the queue has no worker. */
  async find(queue: string, key: string): Promise<string | undefined> {
    const workers = await this.#workersOf(queue)
    let home: string | undefined
    let highest = ''
    for (const worker of workers) {
      const rank = createHash('sha1').update(`${key}\0${worker}`).digest('hex')
      if (rank > highest) [highest, home] = [rank, worker]
    }
    return home
  }

  /** To be called when one of the queue's workers does not exist any more, or is being stopped. */
  discard(queue: string): void {
    this.#known.delete(queue)
  }

  /** The workers known so far, while they are requested again. */
  async #workersOf(queue: string): Promise<readonly string[]> {
    const known = this.#known.get(queue)
    if (known !== undefined && known.until > performance.now()) return known.workers
    const asked = this.#ask(queue)
    return known?.workers ?? asked
  }

  async #ask(queue: string): Promise<readonly string[]> {
    const before = this.#known.get(queue)
    if (before !== undefined) this.#known.set(queue, { ...before, until: Infinity })
    try {
      const loads = await this.#loads(queue)
      const workers = loads.filter(({ isLeaving }) => isLeaving !== true).map(({ worker }) => worker)
      if (workers.length === 0) this.discard(queue)
      else this.#known.set(queue, { workers, until: performance.now() + FRESH })
      return workers
    } catch (error) {
      this.discard(queue)
      if (before !== undefined) return before.workers
      throw error
    }
  }
}
