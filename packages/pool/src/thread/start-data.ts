import type { Connection } from '../connection/connection.js'
import type { StartData } from '../connection/wire.js'
import type { Thread } from './thread.js'
import type { Numbering } from './thread-numbers.js'
import type { ThreadOptions } from './thread-options.js'

/** What a thread is started with, as far as its parent's settings and the connection determine it. */
export function startDataOf(
  { threadData }: Connection,
  { setup, concurrencyPerThread, killGrace }: ThreadOptions,
  { number, before }: Numbering<Thread>,
  heap: StartData['heap']
): Omit<StartData, 'threadCount' | 'loading'> {
  return {
    ...threadData,
    heap,
    setup,
    places: concurrencyPerThread,
    number,
    after: before?.exit.word,
    killGrace
  }
}
