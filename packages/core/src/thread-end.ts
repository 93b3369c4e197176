import { shared } from './shared.js'

/** What is to be done before a thread ends in order, by whichever copy of core it was asked for. */
interface ThreadEnd {
  /** Nothing where this thread is none that an executor ends: no one would do it. */
  acts: Map<() => unknown, string> | undefined
}

const threadEnd = shared<ThreadEnd>('@bridge/core/thread-end', () => ({ acts: undefined }))

/** From now on this thread can be told what to do before it ends: its executor lets `endThread()` do it. */
export function expectThreadEnd(): void {
  threadEnd.acts ??= new Map()
}

/** Whether this is a thread of an executor, which ends it in order. */
export function isEndedInOrder(): boolean {
  return threadEnd.acts !== undefined
}

/**
 * Has `act` called, and awaited, before this thread is ended in order: closed, recycled or idled out. What was asked for last
 * is called first, and one that takes its time keeps no other from being called. On a thread that no executor ends it does nothing. Gives what takes it back.
 *
 * @param what names it, where it fails.
 * @example
 * ```ts
 * const forget = beforeThreadEnd('the connection', () => connection.close())
 * ```
 */
export function beforeThreadEnd(what: string, act: () => unknown): () => void {
  threadEnd.acts?.set(act, what)
  return () => void threadEnd.acts?.delete(act)
}

/** Does all that was asked for; what fails is told to `onError`, and the rest is done. */
export async function endThread(onError: (what: string, error: unknown) => void): Promise<void> {
  const acts = [...(threadEnd.acts ?? [])].reverse()
  await Promise.all(
    acts.map(async ([act, what]) => {
      try {
        await act()
      } catch (error) {
        onError(what, error)
      }
    })
  )
}
