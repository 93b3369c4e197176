import type { Run, StreamSource } from '../executor/executor.js'
import { adaptResult } from '../inline/kind-of-result.js'
import { isSource } from '../stream/source-mark.js'
import { sourceOf, unadapted } from '../stream/stream.js'
import { beginTrace, inMaking, type Making } from './making.js'
import { type Outcome, promiseOf } from './outcome.js'
import type { CallTarget } from './target.js'

/** The stream of a call that starts now, because an item was requested. */
export async function openedBy(
  target: CallTarget,
  making: Making | undefined,
  begin: () => Run
): Promise<StreamSource> {
  const traced = beginTrace(making)
  try {
    const run = inMaking(making, begin)
    traced?.onSent()
    const outcome = await run.promise
    if (traced === undefined) return sourceOf(target, outcome)
    if (!isSource(outcome)) traced.settle(outcome)
    return sourceOf(target, traced.outcome(outcome))
  } catch (error) {
    traced?.fail(error)
    throw error
  }
}

/** The stream that a local call has already returned. */
export async function sourceAfter({ name, module }: CallTarget, outcome: Outcome): Promise<StreamSource> {
  const value = unadapted(await promiseOf(outcome))
  return sourceOf({ name }, await adaptResult(name, value, 'await', undefined, module !== undefined))
}
