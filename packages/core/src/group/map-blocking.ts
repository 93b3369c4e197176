import { FunctionCall } from '../call/call.js'
import { RunFuture } from '../call/future.js'
import { type Outcome, outcomeOf, resultOf } from '../call/outcome.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { isThenable } from '../kind.js'
import type { Plan } from './plan.js'

/** Runs a plan blocking: calls that have other threads run beside each other, the others one after the other. */
export function mapBlocking(plan: Plan): unknown[] {
  if (!(Symbol.iterator in plan.inputs)) {
    throw cannotBlock('the inputs of parallelMap() are asynchronous')
  }
  const results: unknown[] = []
  const begun: Outcome[] = []
  const finishOne = (): void => {
    results.push(finish(plan, begun.shift() as Outcome))
  }
  try {
    let index = 0
    for (const input of plan.inputs) {
      if (begun.length >= plan.concurrency) finishOne()
      begun.push(outcomeOf(() => begin(plan.mapper(input, index++))))
    }
    while (begun.length > 0) finishOne()
    return results
  } finally {
    for (const left of begun) abandon(left)
  }
}

/** The value of what a mapper made, or the Future of a call that runs while this thread blocks. */
function begin(made: unknown): unknown {
  if (FunctionCall.isCall(made)) return made.hasOwnThread ? made.start() : made.runSync()
  if (!isThenable(made) || made instanceof RunFuture) return made
  throw cannotBlock('the mapper of parallelMap() gave a promise and not a call')
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

/** Asks a call beside a failed one to stop. Nobody will look at how it ends. */
function abandon(begun: Outcome): void {
  if (!('value' in begun && begun.value instanceof RunFuture)) return
  begun.value.cancel()
  begun.value.catch(() => {})
}
