import { getHeapStatistics } from 'node:v8'
import type { Outcome } from '@bridge/core/host'
import type { RunTask } from './start-serving.js'

const MEGABYTE = 2 ** 20

/** The same, and after each task, before its answer is sent, writes the megabytes of heap in use to `word`. */
export function reportingHeap(run: RunTask, word: Int32Array<SharedArrayBuffer>): RunTask {
  const report = (outcome: Outcome): Outcome => {
    Atomics.store(word, 0, getHeapStatistics().used_heap_size / MEGABYTE)
    return outcome
  }
  return (task, sharedFlag, store) => {
    const { outcome, cancel } = run(task, sharedFlag, store)
    return { outcome: outcome instanceof Promise ? outcome.then(report) : report(outcome), cancel }
  }
}
