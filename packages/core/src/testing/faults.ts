import { checkFunction, checkMilliseconds, checkObject } from '../check.js'
import { lostAnswers, lostAnswersBlocking, unsendableAnswers } from './cases/lost-answers.js'
import { lostObjects, lostWorkers, lostWorkersBlocking, stuckWorkers } from './cases/lost-workers.js'
import { mixedFaults } from './cases/mixed-faults.js'
import {
  cancelledBehind,
  cancelledBehindBlocking,
  manyCancelledBehind,
  priorities,
  prioritiesBlocking
} from './cases/queued-calls.js'
import type { FaultCase, FaultSubject } from './fault-bench.js'

/**
 * The second part of the suite, for executors elsewhere: workers that end, calls that are cancelled while they wait,
 * priority, and answers that are lost. Each case creates an executor and fails, with a message that names what hung,
 * when something does not settle within `subject.patience`. A blocked thread can't check a clock: if the executor
 * blocks, the cases set `timeout` and rely on it.
 *
 * @throws InvalidArgumentError when `subject` has no `make`.
 * @example
 * ```ts
 * import { faultCases } from '@bridge/core/testing'
 * import { test } from 'node:test'
 *
 * const subject = { make: () => new ProcessExecutor({ processes: 1 }), hasOwnWorker: true, hasQueue: true }
 * for (const { name, run } of faultCases(subject)) test(name, run)
 * ```
 */
export function faultCases(subject: FaultSubject): readonly FaultCase[] {
  checkObject('faultCases()', 'subject', subject)
  checkFunction('faultCases()', 'subject.make', subject.make)
  checkMilliseconds('faultCases()', 'subject.patience', subject.patience)
  const { hasOwnWorker, hasQueue, canBlock, keepsObjects } = subject
  const blocks = hasOwnWorker && canBlock
  const cases = [
    ...(hasOwnWorker
      ? [...lostWorkers, ...stuckWorkers, ...lostAnswers, ...cancelledBehind('holdThread')]
      : []),
    ...(hasOwnWorker && keepsObjects ? lostObjects : []),
    ...(blocks
      ? [...lostWorkersBlocking, ...lostAnswersBlocking, ...cancelledBehindBlocking('holdThread')]
      : []),
    ...(hasQueue ? [...cancelledBehind('holdPlace'), manyCancelledBehind('holdPlace'), ...priorities] : []),
    ...(hasQueue && hasOwnWorker ? [manyCancelledBehind('holdThread')] : []),
    ...(hasQueue && blocks ? [...cancelledBehindBlocking('holdPlace'), ...prioritiesBlocking] : []),
    ...unsendableAnswers,
    ...mixedFaults
  ]
  return cases.map(make => make(subject))
}
