import { CallAbortedError } from '@bridge/core'
import type { HostIterator, HostRun, ObjectTable, Outcome } from '@bridge/core/host'

/** A stream whose generator has not ended. */
export interface OpenStream {
  readonly run: HostRun | undefined
  readonly iterator: HostIterator
  readonly enter: Extract<Outcome, { type: 'stream' }>['enter']
}

/**
 * Closes what is open on this thread because it is to end, or the process is: first the streams, which may use the
 * objects, then the objects, the last that was made first. Each is waited for; the parent waits for all of them no longer
 * than it can.
 */
export async function closeOpen(streams: Iterable<OpenStream>, objects: ObjectTable): Promise<void> {
  const ending = new CallAbortedError('the thread ends')
  for (const { run, iterator, enter } of [...streams].reverse()) {
    run?.cancel(ending)
    try {
      await enter(() => iterator.return?.())
    } catch {
      // There is no caller left who could be told.
    }
  }
  await objects.disposeAll()
}
