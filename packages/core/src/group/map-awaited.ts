import { CallAbortedError } from '../errors/errors.js'
import { runScope } from '../scope/scope.js'
import { currentTask } from '../scope/task-info.js'
import type { Plan } from './plan.js'

/** Runs a plan without blocking: takes the next input whenever a call fewer is under way than may be. */
export async function mapAwaited(plan: Plan): Promise<unknown[]> {
  const results: unknown[] = []
  const siblings = new AbortController()
  let failure: { readonly reason: unknown } | undefined
  let running = 0
  let wake = (): void => {}
  const fail = (reason: unknown): void => {
    failure ??= { reason }
    siblings.abort(new CallAbortedError('parallelMap(): a call beside this one failed'))
  }
  const callsLeft = async (most: number): Promise<void> => {
    while (running > most) {
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  }
  const runOne = async (input: unknown, index: number): Promise<void> => {
    running++
    try {
      const value = await plan.mapper(input, index)
      results[index] = plan.settle ? { status: 'fulfilled', value } : value
    } catch (reason) {
      if (plan.settle) results[index] = { status: 'rejected', reason }
      else fail(reason)
    }
    running--
    wake()
  }
  const takeInputs = async (): Promise<void> => {
    let index = 0
    for await (const input of plan.inputs) {
      if (failure !== undefined) return
      currentTask()?.throwIfAborted()
      runOne(input, index++)
      await callsLeft(plan.concurrency - 1)
      // Before another input is asked for: it may be slow to come, and nobody wants it.
      if (failure !== undefined) return
    }
  }
  await runScope({ signal: siblings.signal }, () => takeInputs().catch(fail))
  // Every call is waited for: when this ends, nothing of it runs on.
  await callsLeft(0)
  if (failure !== undefined) throw failure.reason
  return results
}
