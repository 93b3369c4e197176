import { FunctionCall } from '../call/call.js'
import type { Future } from '../call/types.js'
import { CannotBlockError } from '../errors/errors.js'
import type { Plan } from './plan.js'

/** A call that is under way while this thread blocks, or what it gave. */
type Pending =
  | { readonly future: Future<unknown> }
  | { readonly value: unknown }
  | { readonly error: unknown }

/** Runs a plan blocking: calls that have other threads run beside each other, the others one after the other. */
export function mapBlocking(plan: Plan): unknown[] {
  const inputs = (plan.inputs as Partial<Iterable<unknown>>)[Symbol.iterator]
  if (typeof inputs !== 'function') {
    throw new CannotBlockError('parallelMap(): its inputs are asynchronous and come on this thread; await it')
  }
  const results: unknown[] = []
  const pending: Pending[] = []
  try {
    let index = 0
    for (const input of plan.inputs as Iterable<unknown>) {
      if (pending.length >= plan.concurrency) results.push(settle(plan, pending.shift() as Pending))
      pending.push(begin(() => plan.mapper(input, index++)))
    }
    while (pending.length > 0) results.push(settle(plan, pending.shift() as Pending))
    return results
  } finally {
    for (const left of pending) if ('future' in left) abandon(left.future)
  }
}

function begin(map: () => unknown): Pending {
  try {
    const made = map()
    if (!FunctionCall.isCall(made)) return { value: refusePromise(made) }
    return made.hasOwnThread ? { future: made.start() } : { value: made.runSync() }
  } catch (error) {
    return { error }
  }
}

function settle(plan: Plan, pending: Pending): unknown {
  try {
    if ('error' in pending) throw pending.error
    const value = 'future' in pending ? pending.future.waitSync() : pending.value
    return plan.settle ? { status: 'fulfilled', value } : value
  } catch (reason) {
    if (!plan.settle) throw reason
    return { status: 'rejected', reason }
  }
}

function refusePromise(made: unknown): unknown {
  if (typeof (made as { then?: unknown } | null | undefined)?.then !== 'function') return made
  throw new CannotBlockError(
    'parallelMap(): the mapper gave a promise, which this thread would have to run while it blocks; give a call'
  )
}

/** Asks a call beside a failed one to stop. Nobody will look at how it ends. */
function abandon(future: Future<unknown>): void {
  future.cancel()
  future.catch(() => {})
}
