import type { Connection } from '../connection/connection.js'
import { DISPOSABLES, FINISH, GENERATORS, GONE } from '../connection/wire.js'

/** How long, in milliseconds, the end of the process waits for open streams and objects on its threads. */
const MOST = 200

type ThreadConnection = Pick<Connection, 'threadData' | 'send'>

const connections = new Set<ThreadConnection>()

/**
 * Closes the open streams and objects of a thread when this process, or this thread, ends, also by `process.exit()`:
 * its event loop turns no more then, so it blocks for that. Returns a function to be called when the thread has ended.
 */
export function closeAtExit(connection: ThreadConnection): () => void {
  if (connections.size === 0) process.on('exit', closeAll)
  connections.add(connection)
  return () => {
    connections.delete(connection)
    if (connections.size === 0) process.off('exit', closeAll)
  }
}

function closeAll(): void {
  const open = [...connections].filter(holdsOpen)
  for (const connection of open) connection.send([FINISH])
  const until = performance.now() + MOST
  for (const { threadData } of open) {
    Atomics.wait(threadData.control, GONE, 0, Math.max(0, until - performance.now()))
  }
}

/** Whether a stream or an object is open there that has to be closed. */
function holdsOpen({ threadData: { control } }: ThreadConnection): boolean {
  return Atomics.load(control, GENERATORS) + Atomics.load(control, DISPOSABLES) > 0
}
