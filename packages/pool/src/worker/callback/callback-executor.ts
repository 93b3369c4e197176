import {
  AbstractExecutor,
  notCloneable,
  type Run,
  refuseUncloneable,
  type Task,
  takeTransfers
} from '@bridge/core/executor'
import { INVOKE, type Mode, NOTIFICATIONS } from '../../callback/wire.js'
import type { ThreadObjectStore } from '../thread-object-store.js'
import { CallbackRun } from './callback-run.js'
import type { Caller } from './caller.js'

/** Runs one function of the parent, for the tasks of this thread. */
export class CallbackExecutor extends AbstractExecutor {
  readonly name = 'the thread that passed it'
  readonly canBlock = true
  readonly place = 'elsewhere'
  readonly #id: number
  readonly #mode: Mode
  readonly #caller: Caller
  readonly #store: ThreadObjectStore

  constructor(id: number, mode: Mode, caller: Caller, store: ThreadObjectStore) {
    super()
    this.#id = id
    this.#mode = mode
    this.#caller = caller
    this.#store = store
  }

  start(task: Task): Run {
    const run = this.#invoke(task)
    run.watch()
    return run
  }

  runSync(task: Task): unknown {
    if (this.#mode !== NOTIFICATIONS) return this.#caller.blocking(() => this.#invoke(task).waitSync())
    this.#send(task, 0)
    return undefined
  }

  async close(): Promise<void> {}

  #invoke(task: Task): CallbackRun {
    const run = new CallbackRun(task, this.#caller, (data, references) =>
      this.#store.receive(task.name, data, references)
    )
    try {
      this.#send(task, run.id)
    } catch (reason) {
      run.settle({ reason })
    }
    return run
  }

  /** @throws NotCloneableError when an argument can't be sent. */
  #send({ name, args, context }: Task, call: number): void {
    const transferList = takeTransfers(args)
    try {
      const part = { name, what: 'args', transferList } as const
      const referring = this.#store.refer(args, part)
      const message = [
        INVOKE,
        call,
        this.#id,
        this.#mode,
        referring?.data ?? args,
        referring?.references,
        context,
        this.#caller.call
      ] as const
      if (this.#mode === NOTIFICATIONS) this.#caller.postNotification(message, transferList)
      else this.#caller.post(message, transferList)
    } catch (error) {
      refuseUncloneable(name, context)
      throw notCloneable(`${name}()`, 'args', args, error)
    }
  }
}
