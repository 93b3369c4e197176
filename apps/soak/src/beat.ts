import { Worker } from 'node:worker_threads'

/** What the watchdog looks at: how many operations were begun, and which was the last; and what they are called. */
export interface Watched {
  readonly words: Int32Array
  readonly names: readonly string[]
}

/** Starts the watchdog; gives what to call before each operation with its number. */
export function startWatchdog(names: readonly string[]): (operation: number) => void {
  const words = new Int32Array(new SharedArrayBuffer(8))
  const workerData: Watched = { words, names }
  new Worker(new URL('./watchdog.js', import.meta.url), { workerData, execArgv: [] }).unref()
  return operation => {
    Atomics.store(words, 1, operation)
    Atomics.add(words, 0, 1)
  }
}
