import { type ObjectReference, receiverOf, type Task } from '@bridge/core/executor'
import type { Thread } from '../thread/thread.js'
import type { ThreadRun } from '../thread/thread-run.js'
import type { Threads } from '../thread/threads.js'
import { Home } from './home.js'

/**
 * Where calls go that need an object: to its thread, at once and in the order in which they are made, as on any object.
 * They wait for no place, since what they wait for may be another call on the same object.
 */
export class ObjectCalls {
  readonly #threads: Threads

  constructor(threads: Threads) {
    this.#threads = threads
  }

  /** Sends a call where its object is; `false` when it needs none. */
  route(run: ThreadRun, isBlocking: boolean): boolean {
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

  /** The same run. Where an object could not even be sent to be made, who uses it in the same turn must be told, too. */
  noted(run: ThreadRun): ThreadRun {
    if (run.task.operation !== 'new' || !run.isSettled) return run
    try {
      run.waitSync()
    } catch (error) {
      const { failure } = run.task.receiver as ObjectReference
      failure.thrown ??= { error }
    }
    return run
  }

  #make(run: ThreadRun, beside: Thread | undefined, isBlocking: boolean): void {
    const reference = run.task.receiver as ObjectReference
    try {
      const thread = beside ?? this.#threads.chooseHome(`${run.task.name}()`, isBlocking)
      reference.home = new Home(thread)
      thread.objects.add(reference)
      this.#threads.send(run, thread)
    } finally {
      run.promise.then(undefined, () => Home.of(reference)?.thread.objects.forget(reference))
    }
  }

  #forgetAfter(run: ThreadRun, reference: ObjectReference): void {
    const forget = (): void => Home.of(reference).thread.objects.forget(reference)
    run.promise.then(forget, forget)
  }
}

/** @throws WorkerLostError when the thread has ended. */
function threadOf(reference: ObjectReference, { name }: Task): Thread {
  const home = Home.of(reference)
  if (home.lost !== undefined) throw home.lost(`${name}()`)
  return home.thread
}

/** The thread of the object that a task is about, if nothing runs there. */
export function idleHome(task: Task): Thread | undefined {
  const reference = receiverOf(task)
  if (reference === undefined || task.operation === 'new' || task.operation === 'dispose') return undefined
  const home = Home.of(reference) as Home | undefined
  if (reference.isDisposed || home === undefined || home.lost !== undefined) return undefined
  return home.thread.load === 0 ? home.thread : undefined
}
