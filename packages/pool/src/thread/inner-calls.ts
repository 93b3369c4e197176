import { ById } from '../lane/by-id.js'
import type { SentArguments } from '../object/sent-arguments.js'
import type { ThreadRun } from './thread-run.js'

/** The calls that were sent to a thread to be run while another one waits for its owner there. */
export class InnerCalls {
  readonly #runs = new ById<ThreadRun>()
  readonly #begun = new Set<number>()

  get size(): number {
    return this.#runs.size
  }

  /** In the order in which they were sent. */
  get runs(): readonly ThreadRun[] {
    return this.#runs.members.sort((one, other) => one.id - other.id)
  }

  get(id: number): ThreadRun | undefined {
    return this.#runs.get(id)
  }

  has({ id }: ThreadRun): boolean {
    return this.#runs.has(id)
  }

  add(run: ThreadRun): void {
    this.#runs.set(run.id, run)
  }

  delete({ id }: ThreadRun): void {
    this.#runs.delete(id)
    this.#begun.delete(id)
  }

  /** The thread has begun with it, or found it cancelled. */
  begin(id: number): void {
    if (this.#runs.has(id)) this.#begun.add(id)
  }

  /** Whether it is one that the thread has not come to. */
  isWaiting(run: ThreadRun): boolean {
    return this.has(run) && !this.#begun.has(run.id)
  }

  /** Whether the thread has begun with any. */
  get haveBegun(): boolean {
    return this.#begun.size > 0
  }

  /** Whether one on this object has not ended: what follows it must not overtake it. */
  hasOneOn({ object }: SentArguments): boolean {
    if (object === undefined) return false
    return this.#runs.members.some(({ sent, task }) => sent.object === object || task.receiver === object)
  }
}
