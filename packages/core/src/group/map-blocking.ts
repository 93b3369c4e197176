import { FunctionCall } from '../call/call.js'
import { RunFuture } from '../call/future.js'
import { type Outcome, outcomeOf, resultOf } from '../call/outcome.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { isThenable } from '../kind.js'
import { disregard, ignore } from '../promise.js'
import { currentTask } from '../scope/task-info.js'
import type { Plan } from './map-options.js'

/** Runs a plan blocking: calls on other threads run in parallel, the others one after the other. */
export function mapBlocking(plan: Plan): unknown[] {
  if (!(Symbol.iterator in plan.inputs)) {
    throw cannotBlock('the inputs of parallelMap() are asynchronous')
  }
  const group = currentTask()
  const results: unknown[] = []
  const begun: Outcome[] = []
  const finishOne = (): void => {
    results.push(finish(plan, begun.shift() as Outcome))
  }
  try {
    let index = 0
    for (const input of plan.inputs) {
      // While this thread is blocked, no timer fires and no signal handler runs.
      group?.throwIfAborted()
      if (begun.length >= plan.concurrency) finishOne()
      refusePromise('an input', input)
      const outcome = outcomeOf(() => begin(plan.mapper(input, index++)))
      if ('error' in outcome && !plan.settle) throw outcome.error
      begun.push(outcome)
    }
    while (begun.length > 0) finishOne()
    return results
  } finally {
    for (const left of begun) cancel(left)
  }
}

/** The mapper's value, or the Future of a call that runs while this thread is blocked. */
function begin(made: unknown): unknown {
  if (FunctionCall.isCall(made)) return made.hasOwnThread ? made.start() : made.runSync()
  if (!(made instanceof RunFuture)) refusePromise('the mapper', made)
  return made
}

function refusePromise(what: string, value: unknown): void {
  if (!isThenable(value) || FunctionCall.isCall(value)) return
  // Its outcome is ignored.
  disregard(value)
  throw cannotBlock(
    `${what} of parallelMap() ${what === 'an input' ? 'is' : 'returned'} a promise and not a call`
  )
}

function finish(plan: Plan, begun: Outcome): unknown {
  const { settle } = plan
  try {
    const made = resultOf(begun)
    const value = made instanceof RunFuture ? made.waitSync() : made
    return settle ? { status: 'fulfilled', value } : value
  } catch (reason) {
    if (!settle) throw reason
    return { status: 'rejected', reason }
  }
}

/** Cancels a call after another one failed. Its outcome is ignored. */
function cancel(begun: Outcome): void {
  if (!('value' in begun && begun.value instanceof RunFuture)) return
  begun.value.cancel()
  begun.value.catch(ignore)
}
