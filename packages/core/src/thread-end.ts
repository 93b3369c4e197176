import { shared } from './shared.js'

/** What is to be done before a thread ends in order, registered by any copy of core. */
interface ThreadEnd {
  /** `undefined` on a thread that no executor ends: then nothing would call them. */
  acts: Map<() => unknown, string> | undefined
}

const threadEnd = shared<ThreadEnd>('@bridge/core/thread-end', () => ({ acts: undefined }))

/** From now on functions can be registered that run before this thread ends: its executor runs them by `endThread()`. */
export function expectThreadEnd(): void {
  threadEnd.acts ??= new Map()
}

/** Whether this is a thread of an executor, which ends it in order. */
export function isEndedInOrder(): boolean {
  return threadEnd.acts !== undefined
}

/**
 * Registers `act` to be called, and awaited, before this thread is ended in order: closed, recycled or idled out. The
 * function registered last is called first, and a slow one does not prevent others from being called. On a thread that
 * no executor ends it does nothing. Returns a function that removes the registration.
 *
 * @param what names it in the report if it fails.
 * @example
 * ```ts
 * const forget = beforeThreadEnd('the connection', () => connection.close())
 * ```
 */
export function beforeThreadEnd(what: string, act: () => unknown): () => void {
  threadEnd.acts?.set(act, what)
  return () => void threadEnd.acts?.delete(act)
}

/** Runs all registered functions; `onError` gets the errors, and the others still run. */
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
