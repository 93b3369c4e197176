import { isCall } from '../call/call-mark.js'
import { CallAbortedError } from '../errors/errors.js'
import { CLEANUP_GRACE } from '../inline/cleanup-grace.js'
import { isThenable } from '../kind.js'
import { ignore } from '../promise.js'
import { runScope } from '../scope/scope.js'
import { onAbort } from '../scope/signal-listeners.js'
import { currentTask } from '../scope/task-info.js'
import { waitAtMost } from '../wait-at-most.js'
import type { Plan } from './map-options.js'

/** Runs a plan without blocking: takes the next input whenever fewer calls are in flight than allowed. */
export async function mapAwaited(plan: Plan): Promise<unknown[]> {
  const siblings = new AbortController()
  const group = currentTask()
  return runScope({ signal: siblings.signal }, async () => {
    const results: unknown[] = []
    let failure: { readonly reason: unknown } | undefined
    /** How many mappers have not returned their value, and for how many of them it comes from a call. */
    let running = 0
    let calls = 0
    let wake = ignore
    const change = (): Promise<void> =>
      new Promise(resolve => {
        wake = resolve
      })
    const fail = (reason: unknown): void => {
      if (failure !== undefined) return
      failure = { reason }
      siblings.abort(new CallAbortedError('parallelMap(): another call of the group failed'))
      wake()
    }

    /** While mappers keep the thread busy, no timer fires. */
    const isLate = (): boolean => {
      try {
        group?.throwIfAborted()
      } catch (reason) {
        fail(reason)
      }
      return failure !== undefined
    }

    const runOne = async (input: unknown, index: number): Promise<void> => {
      running++
      let ofCall = 0
      try {
        const made = plan.mapper(isThenable(input) ? await input : input, index)
        ofCall = isCall(made) ? 1 : 0
        calls += ofCall
        const value = await made
        results[index] = plan.settle ? { status: 'fulfilled', value } : value
      } catch (reason) {
        if (plan.settle) results[index] = { status: 'rejected', reason }
        else fail(reason)
      }
      running--
      calls -= ofCall
      wake()
    }

    /** The next input, unless the group fails before it arrives. */
    const next = async (iterator: AnyIterator): Promise<IteratorResult<unknown> | undefined> => {
      let arrived: IteratorResult<unknown> | undefined
      const pull = async (): Promise<void> => {
        arrived = await iterator.next()
        wake()
      }
      pull().catch(reason => {
        isOver = true
        fail(reason)
      })
      while (arrived === undefined && failure === undefined) await change()
      isOver ||= arrived?.done === true
      isWaiting = arrived === undefined
      return failure === undefined ? arrived : undefined
    }
    let isOver = false
    let isWaiting = false

    const ignoreAbort = group === undefined ? ignore : onAbort(group.signal, fail)
    try {
      if (group?.aborted === true) group.throwIfAborted()
      const iterator = iteratorOf(plan.inputs)
      for (let index = 0; ; index++) {
        const step = await next(iterator)
        if (step === undefined || step.done === true) break
        runOne(step.value, index)
        while (running >= plan.concurrency && failure === undefined) await change()
        // Checked before another input is requested: it may take long, and is no longer needed.
        if (failure !== undefined || isLate()) break
      }
      // An iterator that waits for something can't be asked to end before that has arrived.
      if (!isOver) await ended(iterator, isWaiting)
      while (running > 0 && failure === undefined) await change()
    } catch (reason) {
      fail(reason)
    } finally {
      ignoreAbort()
    }
    if (failure === undefined) return results
    // Calls end within their executor's limits. Any other promise of a mapper may never settle.
    while (calls > 0) await change()
    const rest = async (): Promise<void> => {
      while (running > 0) await change()
    }
    if (running > 0) await waitAtMost(rest(), CLEANUP_GRACE)
    throw (failure as { reason: unknown }).reason
  })
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>

function iteratorOf(inputs: Plan['inputs']): AnyIterator {
  return Symbol.asyncIterator in inputs ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]()
}

/** Closes the input. Its cleanup comes before the failure is reported, unless it takes longer than the limit. */
async function ended(iterator: AnyIterator, isWaiting: boolean): Promise<void> {
  const returned = Promise.resolve(iterator.return?.()).catch(ignore)
  if (!isWaiting) await waitAtMost(returned, CLEANUP_GRACE)
}
