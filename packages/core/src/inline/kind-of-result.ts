import { OwnContext } from '../ambient.js'
import { isCall } from '../call/call-mark.js'
import { hasSurroundings, inMaking, makingNow } from '../call/making.js'
import { isTraced } from '../diagnostics/call-trace.js'
import { dispatchReturned, type Use } from '../dispatch.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { kindOfResult } from '../kind.js'
import { disregard } from '../promise.js'
import { type Enter, iteratorOf, localSource } from '../stream/local-source.js'
import { streamSource } from '../stream/source-mark.js'
import { unadapted } from '../stream/stream.js'
import { lookAtLoss } from './look-at-loss.js'

/**
 * What the result of a function that ran here stands for: a value, a promise, or the source of a stream. `enter`
 * surrounds each step of a stream;
 * `crosses` says that it is the result of a module's function, which is the same on every executor, and `isImported` that it
 * was called as one.
 *
 * @throws CannotBlockError when the caller blocks and the result is asynchronous.
 */
export function standFor(
  name: string,
  result: unknown,
  use: Use,
  enter: Enter | undefined,
  crosses: boolean,
  isImported = false
): unknown {
  const kind = kindOfResult(result, crosses)
  const way = dispatchReturned(kind, use)
  if (way === 'refuseBlocking') {
    // A call of another thread's can be blocked on; one of this thread's says itself why it can't.
    if (isCall(result)) return unadapted(result.runSync())
    // The caller learns that it can't wait; how the function ends, nobody will look at.
    if (kind === 'async') disregard(result)
    throw cannotBlock(
      `${name}() returned ${kind === 'async' ? 'a promise' : 'an async iterable'} of this thread`
    )
  }
  if (way === 'open') {
    const opened = (): ReturnType<typeof iteratorOf> => iteratorOf(result as object)
    const { iterator, isAsync } = enter === undefined ? opened() : enter(opened)
    return streamSource(localSource(iterator, isAsync, carrying(enter)))
  }
  if (kind === 'async') {
    return standForAwaited(name, result as PromiseLike<unknown>, enter, crosses, isImported)
  }
  if (isImported) lookAtLoss(name, 'its result', result)
  return result
}

/** An async function may itself return a stream, which then stands for the call. */
async function standForAwaited(
  name: string,
  result: PromiseLike<unknown>,
  enter: Enter | undefined,
  crosses: boolean,
  isImported: boolean
): Promise<unknown> {
  return standFor(name, await result, 'await', enter, crosses, isImported)
}

/** A consumer that pulls an item may have another context and scope than the opener; each step has the opener's. */
function carrying(enter: Enter | undefined): Enter | undefined {
  // What a tracer has bound may be known to no carrier.
  if (isTraced()) {
    const own = new OwnContext()
    return step => own.run(() => (enter === undefined ? step() : enter(step)))
  }
  if (!hasSurroundings()) return enter
  const opening = makingNow()
  return step => inMaking(opening, () => (enter === undefined ? step() : enter(step)))
}
