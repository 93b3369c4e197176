import { ById } from '../connection/by-id.js'
import type { SentArguments } from '../object/sent-arguments.js'
import type { QueuedRun } from './queued-run.js'

/** The calls that were sent to a thread to be run while another call there waits for the parent. */
export class InnerCalls {
  readonly #runs = new ById<QueuedRun>()
  readonly #begun = new Set<number>()

  get size(): number {
    return this.#runs.size
  }

  /** In the order in which they were sent. */
  get runs(): readonly QueuedRun[] {
    return this.#runs.members.sort((one, other) => one.id - other.id)
  }

  get(id: number): QueuedRun | undefined {
    return this.#runs.get(id)
  }

  has({ id }: QueuedRun): boolean {
    return this.#runs.has(id)
  }

  add(run: QueuedRun): void {
    this.#runs.set(run.id, run)
  }

  delete({ id }: QueuedRun): void {
    this.#runs.delete(id)
    this.#begun.delete(id)
  }

  /** The thread has started it, or found it cancelled. */
  begin(id: number): void {
    if (this.#runs.has(id)) this.#begun.add(id)
  }

  /** Whether it is an inner call that the thread has not started. */
  isWaiting(run: QueuedRun): boolean {
    return this.has(run) && !this.#begun.has(run.id)
  }

  /** Whether the thread has started any of them. */
  get haveBegun(): boolean {
    return this.#begun.size > 0
  }

  /** Whether one on this object has not ended: later calls must not overtake it. */
  hasOneOn({ object }: SentArguments): boolean {
    if (object === undefined) return false
    return this.#runs.members.some(({ sent, task }) => sent.object === object || task.receiver === object)
  }
}
