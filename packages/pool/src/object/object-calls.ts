import { type ObjectReference, receiverOf, type Task } from '@bridge/core/executor'
import type { QueuedRun } from '../thread/queued-run.js'
import type { Thread } from '../thread/thread.js'
import type { Threads } from '../thread/threads.js'
import { ObjectLocation } from './object-location.js'

/**
 * Routes calls that need an object to its thread, immediately and in the order in which they are made, as on any
 * object. They need no free place, since they may be waiting for another call on the same object.
 */
export class ObjectCalls {
  readonly #threads: Threads

  constructor(threads: Threads) {
    this.#threads = threads
  }

  /** Sends a call to the thread of its object; `false` when it needs none. */
  route(run: QueuedRun, isBlocking: boolean): boolean {
    const { object } = run.sent
    const { operation } = run.task
    if (object === undefined && operation !== 'new') return false
    try {
      const thread = object === undefined ? undefined : threadOf(object, run.task)
      if (operation === 'new') this.#make(run, thread, isBlocking)
      else this.#threads.send(run, thread as Thread)
      if (operation === 'dispose') this.#forgetAfter(run, object as ObjectReference)
    } catch (reason) {
      run.settle({ reason })
    }
    return true
  }

  /**
   * The same run. If an object could not even be sent to be constructed, its users in the same turn must get the error,
   * too.
   */
  noted(run: QueuedRun): QueuedRun {
    if (run.task.operation !== 'new' || !run.isSettled) return run
    try {
      run.waitSync()
    } catch (error) {
      const { failure } = run.task.receiver as ObjectReference
      failure.thrown ??= { error }
    }
    return run
  }

  #make(run: QueuedRun, beside: Thread | undefined, isBlocking: boolean): void {
    const reference = run.task.receiver as ObjectReference
    try {
      const thread = beside ?? this.#threads.chooseHome(`${run.task.name}()`, isBlocking)
      reference.location = new ObjectLocation(thread)
      thread.objects.add(reference)
      this.#threads.send(run, thread)
    } finally {
      run.promise.then(undefined, () => ObjectLocation.of(reference)?.thread.objects.remove(reference))
    }
  }

  #forgetAfter(run: QueuedRun, reference: ObjectReference): void {
    const remove = (): void => ObjectLocation.of(reference).thread.objects.remove(reference)
    run.promise.then(remove, remove)
  }
}

/** @throws WorkerLostError when the thread has ended. */
function threadOf(reference: ObjectReference, { name }: Task): Thread {
  const location = ObjectLocation.of(reference)
  if (location.lost !== undefined) throw location.lost(`${name}()`)
  return location.thread
}

/** The thread of the object that a task refers to, if nothing runs there. */
export function idleHome(task: Task): Thread | undefined {
  const reference = receiverOf(task)
  if (reference === undefined || task.operation === 'new' || task.operation === 'dispose') return undefined
  const location = ObjectLocation.of(reference) as ObjectLocation | undefined
  if (reference.isDisposed || location === undefined || location.lost !== undefined) return undefined
  return location.thread.load === 0 ? location.thread : undefined
}
