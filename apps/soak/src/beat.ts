import { Worker } from 'node:worker_threads'

/** The data that the watchdog reads. */
export interface Watched {
  /** How many operations were started, then how many of each name are in flight. */
  readonly words: Int32Array
  readonly names: readonly string[]
}

/** Reports progress to the watchdog, which can print it even while this thread hangs. */
export interface Beat {
  begin(name: string): void
  end(name: string): void
}

/** Starts the watchdog over operations of these names. */
export function startWatchdog(names: readonly string[]): Beat {
  const words = new Int32Array(new SharedArrayBuffer(4 * (names.length + 1)))
  const workerData: Watched = { words, names }
  new Worker(new URL('./watchdog.js', import.meta.url), { workerData, execArgv: [] }).unref()
  const add = (name: string, by: number): void => {
    Atomics.add(words, 0, 1)
    Atomics.add(words, 1 + names.indexOf(name), by)
  }
  return { begin: name => add(name, 1), end: name => add(name, -1) }
}
