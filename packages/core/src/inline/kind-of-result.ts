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
 * Adapts the result of a function that ran here: a value, a promise, or the source of a stream. `enter` surrounds each
 * step of a stream; `crosses` is whether it is the result of a module's function, which is the same on every executor,
 * and `isImported` whether it was called as one.
 *
 * @throws CannotBlockError when the caller blocks and the result is asynchronous.
 */
export function adaptResult(
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
    // A call on another thread can be blocked on; a call on this thread itself throws the reason why it can't.
    if (isCall(result)) return unadapted(result.runSync())
    // The caller gets an error because it can't wait; the outcome of the function is ignored.
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
    return adaptAwaited(name, result as PromiseLike<unknown>, enter, crosses, isImported)
  }
  if (isImported) lookAtLoss(name, 'its result', result)
  return result
}

/** An async function may itself return a stream, which is then the call's stream. */
async function adaptAwaited(
  name: string,
  result: PromiseLike<unknown>,
  enter: Enter | undefined,
  crosses: boolean,
  isImported: boolean
): Promise<unknown> {
  return adaptResult(name, await result, 'await', enter, crosses, isImported)
}

/**
 * The consumer that pulls an item may have another context and scope than the code that opened the stream; each step
 * runs in those of the opener.
 */
function carrying(enter: Enter | undefined): Enter | undefined {
  // A store that a tracer has bound may have no carrier.
  if (isTraced()) {
    const own = new OwnContext()
    return step => own.run(() => (enter === undefined ? step() : enter(step)))
  }
  if (!hasSurroundings()) return enter
  const opening = makingNow()
  return step => inMaking(opening, () => (enter === undefined ? step() : enter(step)))
}
