import type { Lane } from '../lane/lane.js'
import { DISPOSABLES, FINISH, GENERATORS, GONE } from '../lane/wire.js'

/** How long, in milliseconds, the end of the process waits for what is open on its threads. */
const MOST = 200

type ThreadLane = Pick<Lane, 'threadData' | 'send'>

const lanes = new Set<ThreadLane>()

/**
 * Has what is open on a thread closed when this process, or the thread that this is, ends, also by `process.exit()`: its
 * event loop turns no more then, so that it blocks for that. Gives what is to be called when the thread has ended.
 */
export function closeAtExit(lane: ThreadLane): () => void {
  if (lanes.size === 0) process.on('exit', closeAll)
  lanes.add(lane)
  return () => {
    lanes.delete(lane)
    if (lanes.size === 0) process.off('exit', closeAll)
  }
}

function closeAll(): void {
  const open = [...lanes].filter(holdsOpen)
  for (const lane of open) lane.send([FINISH])
  const until = performance.now() + MOST
  for (const { threadData } of open) {
    Atomics.wait(threadData.control, GONE, 0, Math.max(0, until - performance.now()))
  }
}

/** Whether a stream or an object is open there that has to be closed. */
function holdsOpen({ threadData: { control } }: ThreadLane): boolean {
  return Atomics.load(control, GENERATORS) + Atomics.load(control, DISPOSABLES) > 0
}
