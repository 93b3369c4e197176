import { CallAbortedError } from '@bridge/core'
import type { HostIterator, ObjectTable, Outcome, TaskRun } from '@bridge/core/host'

/** A stream whose generator has not ended. */
export interface OpenStream {
  readonly run: TaskRun | undefined
  readonly iterator: HostIterator
  readonly enter: Extract<Outcome, { type: 'stream' }>['enter']
}

/**
 * Closes the open streams and objects of this thread because the thread, or the process, ends: first the streams, which
 * may use the objects, then the objects, the last one first. Each is waited for; the parent limits the wait for all of
 * them.
 */
export async function closeOpen(streams: Iterable<OpenStream>, objects: ObjectTable): Promise<void> {
  const ending = new CallAbortedError('the thread ends')
  for (const { run, iterator, enter } of [...streams].reverse()) {
    run?.cancel(ending)
    try {
      await enter(() => iterator.return?.())
    } catch {
      // There is no caller left to get the error.
    }
  }
  await objects.disposeAll()
}
