import type { ServedCall } from './served-call.js'

/** After how many milliseconds a running call is acknowledged; most calls have ended by then. */
const ACKNOWLEDGE_AFTER = 10

/** The calls that have not been acknowledged to their callers. */
export class Acknowledgements {
  readonly #unacknowledged = new Set<ServedCall>()
  readonly #send: (from: string, ids: readonly number[]) => void
  #timer: NodeJS.Timeout | undefined

  /** `tell` gets the calls of one caller. */
  constructor(tell: (from: string, ids: readonly number[]) => void) {
    this.#send = tell
  }

  add(call: ServedCall): void {
    this.#unacknowledged.add(call)
    this.#timer ??= setTimeout(this.#notifyAll, ACKNOWLEDGE_AFTER)
  }

  /** To be called when a call has been answered. */
  delete(call: ServedCall): void {
    this.#unacknowledged.delete(call)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  readonly #notifyAll = (): void => {
    this.#timer = undefined
    const byCaller = new Map<string, number[]>()
    for (const call of this.#unacknowledged) {
      if (call.isAcknowledged) continue
      call.isAcknowledged = true
      const { from } = call.head
      const ids = byCaller.get(from)
      if (ids === undefined) byCaller.set(from, [call.id])
      else ids.push(call.id)
    }
    this.#unacknowledged.clear()
    for (const [from, ids] of byCaller) this.#send(from, ids)
  }
}
