// Work that never ends, in plain JavaScript.
import { threadId } from 'node:worker_threads'

/** Loops forever without checking whether its caller still waits. Only the end of its thread stops it. */
export function stuck(): never {
  for (let turns = 0; ; turns = (turns + 1) % 1_000_000);
}

/** The id of this thread. */
export function thread(): number {
  return threadId
}

/** Ends the thread in the middle of a call. */
export function crash(): never {
  process.exit(1)
}
