import { CannotBlockError } from '@bridge/core'
import * as author from '@bridge/core/executor'
import { type Outcome, runTask, type TaskRun } from '@bridge/core/host'

/** An executor as another author would write it: its tasks get copies of everything, as if they ran on another thread. */
export class ToyExecutor extends author.AbstractExecutor {
  readonly name = 'toy'
  readonly canBlock = false
  readonly place = 'elsewhere'
  readonly #running = new author.RunningTasks(this)

  start(task: author.Task): author.Run {
    const { name, module = '', deadline, context } = task
    let running: TaskRun | undefined
    const run = async () => {
      const args = author.cloned(`${name}()`, 'args', task.args)
      running = runTask({ name, module, args, deadline, context: structuredClone(context) })
      return received(task, await running.outcome)
    }
    return this.#running.add(task, () => author.boundedRun(task, run, reason => running?.cancel(reason)))
  }

  runSync(task: author.Task): never {
    throw new CannotBlockError(`${task.name}(): toy can't block`)
  }

  close(): Promise<void> {
    return this.#running.close()
  }
}

function received(task: author.Task, outcome: Outcome) {
  if (outcome.type === 'error') throw author.decodeThrown(structuredClone(outcome.error))
  if (outcome.type === 'value') return author.cloned(`${task.name}()`, 'result', outcome.value)
  return author.iteratorSource(outcome.iterator, async step => {
    try {
      return author.cloned(`${task.name}()`, 'item', await step())
    } catch (error) {
      throw author.decodeThrown(structuredClone(author.encodeThrown(error)))
    }
  })
}
