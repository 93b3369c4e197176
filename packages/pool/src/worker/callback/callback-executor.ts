import {
  AbstractExecutor,
  notCloneable,
  type Run,
  refuseUncloneable,
  type Task,
  takeTransfers
} from '@bridge/core/executor'
import { INVOKE, type Mode, NOTES } from '../../callback/wire.js'
import type { ThreadKeeper } from '../thread-keeper.js'
import { CallbackRun } from './callback-run.js'
import type { Caller } from './caller.js'

/** Runs one function of the owner's, for the tasks of this thread. */
export class CallbackExecutor extends AbstractExecutor {
  readonly name = 'the thread that passed it'
  readonly canBlock = true
  readonly place = 'elsewhere'
  readonly #id: number
  readonly #mode: Mode
  readonly #caller: Caller
  readonly #keeper: ThreadKeeper

  constructor(id: number, mode: Mode, caller: Caller, keeper: ThreadKeeper) {
    super()
    this.#id = id
    this.#mode = mode
    this.#caller = caller
    this.#keeper = keeper
  }

  start(task: Task): Run {
    const run = this.#invoke(task)
    run.watch()
    return run
  }

  runSync(task: Task): unknown {
    if (this.#mode !== NOTES) return this.#caller.blocking(() => this.#invoke(task).waitSync())
    this.#send(task, 0)
    return undefined
  }

  async close(): Promise<void> {}

  #invoke(task: Task): CallbackRun {
    const run = new CallbackRun(task, this.#caller, (data, references) =>
      this.#keeper.receive(task.name, data, references)
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
    const moves = takeTransfers(args)
    try {
      const part = { name, what: 'args', moves } as const
      const referring = this.#keeper.refer(args, part)
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
      if (this.#mode === NOTES) this.#caller.postNote(message, moves)
      else this.#caller.post(message, moves)
    } catch (error) {
      refuseUncloneable(name, context)
      throw notCloneable(`${name}()`, 'args', args, error)
    }
  }
}
