import { getEnvironmentData, setEnvironmentData, workerData } from 'node:worker_threads'

/*
 * Whether a thread of ours is coming up, while what was preloaded (`--import`, `--require`) is loaded, stands in its
 * environment data: the thread that makes it sets the mark before and takes it away after, and the thread itself takes it
 * away as soon as code of ours runs there.
 */
const COMING_UP = '@bridge/pool/coming-up'

/** Whether this thread is one of ours that is not up yet; one that a preload of the user's starts there has its mark, and other data. */
export function isComingUp(): boolean {
  return getEnvironmentData(COMING_UP) === true && isOurs(workerData)
}

function isOurs(data: unknown): boolean {
  // What the watching thread, a pool's thread, and a thread of synckit are given.
  return (
    data instanceof Int32Array ||
    ['census', 'sharedBufferView'].some(key => Object.hasOwn(Object(data) as object, key))
  )
}

/** Makes a worker that has the mark until it is up. */
export function marked<T>(make: () => T): T {
  setEnvironmentData(COMING_UP, true)
  try {
    return make()
  } finally {
    setEnvironmentData(COMING_UP, undefined)
  }
}

/** Told by a thread of ours when its preloads have been loaded. */
export function isUp(): void {
  setEnvironmentData(COMING_UP, undefined)
}
