import { DeadlockError, WorkerLostError } from '@bridge/core'
import { isStarting, marked } from './starting.js'

/**
 * Does what starts a thread.
 *
 * @throws DeadlockError when a preload asks for it in a thread of ours, which each thread would do again.
 * @throws WorkerLostError when Node runs with `--permission`, and may not start threads.
 */
export function started<T>(start: () => T): T {
  if (isStarting()) {
    throw new DeadlockError(
      'what is preloaded (--import or --require) makes a call that needs a thread, in each thread that it is loaded in, so ' +
        'each would start another one; make that call only where isMainThread (of node:worker_threads) is true'
    )
  }
  try {
    return marked(start)
  } catch (error) {
    const { code, permission } = error as NodeJS.ErrnoException & { permission?: string }
    if (code !== 'ERR_ACCESS_DENIED' || permission !== 'WorkerThreads') throw error
    throw new WorkerLostError(
      'no thread can be started, because Node runs with --permission; give it --allow-worker, too',
      { cause: error }
    )
  }
}
