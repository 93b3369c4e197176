import { getEnvironmentData, setEnvironmentData, workerData } from 'node:worker_threads'

/*
 * While the preloads (`--import`, `--require`) of a thread of ours are loaded, its environment data contains a mark: the
 * thread that creates it sets the mark before and removes it after, and the new thread removes it as soon as our code
 * runs there.
 */
const STARTING = '@bridge/pool/starting'

/**
 * Whether this thread is one of ours that has not started completely; a thread that a preload of the user starts there
 * has the mark, too, but other data.
 */
export function isStarting(): boolean {
  return getEnvironmentData(STARTING) === true && isOurs(workerData)
}

function isOurs(data: unknown): boolean {
  // The data of the watching thread, of a pool's thread, and of a thread of synckit.
  return (
    data instanceof Int32Array ||
    ['threadCount', 'sharedBufferView'].some(key => Object.hasOwn(Object(data) as object, key))
  )
}

/** Creates a worker that has the mark until it has started. */
export function marked<T>(make: () => T): T {
  setEnvironmentData(STARTING, true)
  try {
    return make()
  } finally {
    setEnvironmentData(STARTING, undefined)
  }
}

/** Called by a thread of ours when its preloads have been loaded. */
export function isUp(): void {
  setEnvironmentData(STARTING, undefined)
}
