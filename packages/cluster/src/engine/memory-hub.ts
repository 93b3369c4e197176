import { MemoryJobs } from './memory-jobs.js'
import { MemoryQueue } from './memory-queue.js'

/** Receives the frames of an address. */
export type Listener = (frame: Uint8Array) => void

/** The shared state of the connections of one `memory()`. */
export class MemoryHub {
  readonly #queues = new Map<string, MemoryQueue>()
  readonly #jobs = new Map<string, MemoryJobs>()
  readonly #listeners = new Map<string, Set<Listener>>()

  queue(name: string): MemoryQueue {
    return getOrMake(this.#queues, name, () => new MemoryQueue())
  }

  jobs(name: string): MemoryJobs {
    return getOrMake(this.#jobs, name, () => new MemoryJobs())
  }

  listen(address: string, listener: Listener): void {
    getOrMake(this.#listeners, address, () => new Set()).add(listener)
  }

  removeListener(address: string, listener: Listener): void {
    const listeners = this.#listeners.get(address)
    listeners?.delete(listener)
    if (listeners?.size === 0) this.#listeners.delete(address)
  }

  /** Passes a copy to each listener; returns whether there was one. */
  deliver(address: string, frame: Uint8Array): boolean {
    const listeners = this.#listeners.get(address)
    for (const listener of listeners ?? []) listener(frame.slice())
    return listeners !== undefined
  }
}

function getOrMake<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
