import { getHeapStatistics } from 'node:v8'
import { NativePromise } from '@bridge/core/executor'
import type { Outcome } from '@bridge/core/host'
import type { RunTask } from './start-serving.js'

const MEGABYTE = 2 ** 20

/** The same, and after each task, before its answer is sent, `word` tells the megabytes of heap that are in use. */
export function reportingHeap(run: RunTask, word: Int32Array<SharedArrayBuffer>): RunTask {
  const report = (outcome: Outcome): Outcome => {
    Atomics.store(word, 0, getHeapStatistics().used_heap_size / MEGABYTE)
    return outcome
  }
  return (request, sharedFlag, keeper) => {
    const { outcome, cancel } = run(request, sharedFlag, keeper)
    return { outcome: outcome instanceof NativePromise ? outcome.then(report) : report(outcome), cancel }
  }
}
