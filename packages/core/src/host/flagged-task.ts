import { CallAbortedError } from '../errors/errors.js'
import { timeoutError } from '../scope/limits.js'
import { TaskControl } from '../scope/task-info.js'

/**
 * The control of a task whose caller is on another thread: `flag` may read a word that the caller sets, for loops that
 * never let the event loop turn.
 */
export class FlaggedTask extends TaskControl {
  readonly #flag: () => boolean

  constructor(name: string, deadline: number | undefined, flag: () => boolean = () => false) {
    super(name, deadline, () => timeoutError({ name, timeout: undefined }))
    this.#flag = flag
  }

  override get aborted(): boolean {
    return super.aborted || this.#flag()
  }

  override throwIfAborted(): void {
    super.throwIfAborted()
    if (this.#flag()) throw new CallAbortedError(`${this.name}() was cancelled by its caller`)
  }
}
