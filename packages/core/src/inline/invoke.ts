import { captureCarriers, restoreCarriers } from '../carriers.js'
import { dispatchReturned, type Use } from '../dispatch.js'
import { CannotBlockError } from '../errors/errors.js'
import type { Task } from '../executor/executor.js'
import { kindOfResult } from '../kind.js'
import { type Enter, iteratorOf, localSource } from '../stream/local-source.js'
import { streamSource } from '../stream/source-mark.js'

export type TaskFunction = (...args: never[]) => unknown

/**
 * Calls a function on this thread and gives what its result stands for: a value, a promise, or the source of a
 * stream. `enter` surrounds the call and each step of a stream.
 */
export function invoke(task: Task, fn: TaskFunction, use: Use, enter?: Enter): unknown {
  const call = (): unknown => Reflect.apply(fn, task.receiver, task.args)
  const result = enter === undefined ? call() : enter(call)
  return standFor(task, result, use, enter)
}

function standFor(task: Task, result: unknown, use: Use, enter: Enter | undefined): unknown {
  const kind = kindOfResult(result)
  const way = dispatchReturned(kind, use)
  if (way === 'refuseBlocking') {
    throw new CannotBlockError(
      `${task.name}() returned ${kind === 'async' ? 'a promise' : 'an async iterable'}, and this thread can't block ` +
        'on what it must run itself; await it, or run it on another thread (loop.import)'
    )
  }
  if (way === 'open') {
    const { iterator, isAsync } = iteratorOf(result as object)
    return streamSource(localSource(iterator, isAsync, carrying(enter)))
  }
  if (kind !== 'async') return result
  // An async function may itself return a stream, which then stands for the call.
  return (result as PromiseLike<unknown>).then(value => standFor(task, value, 'await', enter))
}

/** Whoever pulls an item may have another context than whoever opened the stream; each step has the opener's. */
function carrying(enter: Enter | undefined): Enter | undefined {
  const context = captureCarriers()
  if (context === undefined) return enter
  return step => restoreCarriers(context, () => (enter === undefined ? step() : enter(step)))
}
