import { type CarriedContext, missingCarriers, restoreCarriers } from '../carriers.js'
import { checkObject, checkText } from '../check.js'
import { kindOfResult, streams } from '../kind.js'
import type { TaskControl } from '../scope/task-info.js'
import { enterTask } from '../scope/task-scope.js'
import { type Enter, iteratorOf } from '../stream/local-source.js'
import { stepsOf, stepsWithin } from '../stream/steps.js'
import { type EncodedThrown, encodeThrown } from '../wire/error.js'
import { findExport } from './find-export.js'
import { FlaggedTask } from './flagged-task.js'
import { loadModule } from './load-module.js'
import { loaded } from './loaded-modules.js'

/** What a host is asked to run, as it can arrive from anywhere. */
export interface HostRequest {
  /** Name of the exported function. */
  readonly name: string
  /** URL of the module that exports it. */
  readonly module: string
  readonly args: readonly unknown[]
  /** Milliseconds since the epoch, on the clock that all threads of a process share. */
  readonly deadline?: number | undefined
  readonly context?: CarriedContext | undefined
}

/** How a task ended, ready to be sent: a value, an iterator to be streamed, or what was thrown, encoded. */
export type Outcome =
  | { readonly type: 'value'; readonly value: unknown }
  | {
      readonly type: 'stream'
      /** The generator, each step of which runs in the call's context and scope. */
      readonly iterator: HostIterator
      /** The generator by itself, for who takes many steps inside one `enter`: entering costs more than a step. */
      readonly bare: HostIterator
      /** Runs something in the call's context and scope. */
      readonly enter: Enter
      readonly isAsync: boolean
    }
  | { readonly type: 'error'; readonly error: EncodedThrown }

/** A generator of the host's, of either kind. */
export type HostIterator = Iterator<unknown, unknown, unknown> | AsyncIterator<unknown, unknown, unknown>

/** A task that a host runs. */
export interface HostRun {
  /** The outcome; a plain value when the task ended without waiting for anything. It never rejects. */
  readonly outcome: Outcome | Promise<Outcome>
  /** Tells the task, through `currentTask()`, that nobody waits for it any more. */
  cancel(reason: unknown): void
}

/**
 * Runs a task on this thread: imports its module, restores its context, calls the function, encodes how it ended.
 * `sharedFlag` may read a word of shared memory that tells of a cancellation even a blocked thread must see.
 *
 * @throws InvalidArgumentError when the request has no name or no module.
 * @example
 * ```ts
 * const run = hostRun({ name: 'hash', module: 'file:///app/tasks.js', args: ['x', 10] })
 * port.postMessage(await run.outcome)
 * ```
 */
export function hostRun(request: HostRequest, sharedFlag?: () => boolean): HostRun {
  checkObject('hostRun()', 'request', request)
  checkText('hostRun()', 'request.name', request.name)
  checkText('hostRun()', 'request.module', request.module)
  const control = new FlaggedTask(request.name, request.deadline, sharedFlag)
  return { outcome: start(request, control), cancel: reason => control.cancel(reason) }
}

function start(request: HostRequest, control: TaskControl): Outcome | Promise<Outcome> {
  const module = loaded.get(request.module)
  if (module === undefined || missingCarriers(request.context).length > 0) return prepare(request, control)
  return call(module, request, control)
}

async function prepare(request: HostRequest, control: TaskControl): Promise<Outcome> {
  try {
    const module = await loadModule(request.module)
    for (const carrier of missingCarriers(request.context)) await import(carrier)
    // Loading took time: a caller that left meanwhile must not find its task started.
    control.throwIfAborted()
    return await call(module, request, control)
  } catch (error) {
    return thrown(error)
  }
}

function call(module: object, request: HostRequest, control: TaskControl): Outcome | Promise<Outcome> {
  const enter: Enter = step => restoreCarriers(request.context, () => enterTask(control, step))
  try {
    const fn = findExport(module, request)
    // A returned call or query starts only when `then` is called on it, which must happen in the task's scope too.
    return enter(() => settle(Reflect.apply(fn, undefined, request.args), enter))
  } catch (error) {
    return thrown(error)
  }
}

function settle(result: unknown, enter: Enter): Outcome | Promise<Outcome> {
  const kind = kindOfResult(result)
  if (kind === 'async')
    return (result as PromiseLike<unknown>).then(value => settle(value, enter), thrown) as Promise<Outcome>
  if (!streams(kind)) return { type: 'value', value: result }
  const { iterator, isAsync } = iteratorOf(result as object)
  return {
    type: 'stream',
    iterator: stepsWithin(stepsOf(iterator), enter) as HostIterator,
    bare: iterator,
    enter,
    isAsync
  }
}

function thrown(error: unknown): Outcome {
  return { type: 'error', error: encodeThrown(error) }
}
