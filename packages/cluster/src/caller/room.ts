import { now } from '@bridge/core/executor'
import type { MarkHead } from '../wire/frame.js'

/** For how many bytes workers together get room at once, or for one frame that has more: servers buffer several times as much. */
const MOST = 4 * 1024 * 1024

/** After how many milliseconds room is free again if nothing has come from its worker: the worker is probably gone. */
const RESERVED = 5000

interface Reserved {
  readonly mark: number
  readonly bytes: number
  readonly since: number
}

/**
 * Confirms to workers what has arrived, and gives them room for what they hold, in turn, so that the results of all of them
 * together do not fill the server's buffer for this process.
 */
export class Room {
  readonly #confirm: (worker: string, mark: number) => void
  readonly #reserved = new Map<string, Reserved>()
  readonly #waiting = new Map<string, MarkHead>()

  constructor(confirm: (worker: string, mark: number) => void) {
    this.#confirm = confirm
  }

  /** To be called with each mark of a worker; everything that the worker had sent before has arrived. */
  onMark(head: MarkHead): void {
    const { worker, mark, asked } = head
    // Asked again, because the answer may have been lost.
    if (this.#reserved.get(worker)?.mark === mark) return this.#confirm(worker, mark)
    this.#reserved.delete(worker)
    if (asked > 0) this.#waiting.set(worker, head)
    else {
      this.#waiting.delete(worker)
      this.#confirm(worker, mark)
    }
    this.#serve()
  }

  /** To be called when a worker is gone. */
  leave(worker: string): void {
    this.#waiting.delete(worker)
    if (this.#reserved.delete(worker)) this.#serve()
  }

  #serve(): void {
    const time = now()
    let bytes = 0
    for (const [worker, reserved] of this.#reserved) {
      if (time - reserved.since > RESERVED) this.#reserved.delete(worker)
      else bytes += reserved.bytes
    }
    for (const [worker, { mark, asked }] of this.#waiting) {
      if (bytes > 0 && bytes + asked > MOST) return
      bytes += asked
      this.#waiting.delete(worker)
      this.#reserved.set(worker, { mark, bytes: asked, since: time })
      this.#confirm(worker, mark)
    }
  }
}
