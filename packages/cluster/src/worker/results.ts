import { PayloadTooLargeError } from '@bridge/core'
import { encodeThrown } from '@bridge/core/executor'
import type { Connection } from '../engine/engine.js'
import {
  encodeFrame,
  type Payload,
  REFUSED,
  type RefusedHead,
  THROWN,
  type ThrownHead
} from '../wire/frame.js'
import { encodeErrorForm } from '../wire/payload.js'
import type { Flows } from './flows.js'
import type { Outbox } from './outbox.js'
import { RecentResults } from './recent-results.js'
import type { ServedCall } from './served-call.js'

/** How often a result is sent again to a caller at whose address nothing listens. */
const RESENDS = 8
const RESEND_AFTER = 250

/** The key of a caller's call, by its id at the caller. */
export function keyOfCall(from: string, id: number): string {
  return `${from} ${id}`
}

/** Sends the results of calls to their callers. */
export class Results {
  readonly #connection: Connection
  readonly #outbox: Outbox
  readonly #flows: Flows
  readonly #recent = new RecentResults()

  constructor(connection: Connection, outbox: Outbox, flows: Flows) {
    this.#connection = connection
    this.#outbox = outbox
    this.#flows = flows
  }

  answer(
    { id, head: { name, from } }: ServedCall,
    kind: number,
    head: object | undefined,
    payload: Payload
  ): void {
    let frame: Uint8Array = encodeFrame(kind, id, head, payload)
    const most = this.#connection.maxBytes
    if (frame.length > most) {
      const error = new PayloadTooLargeError(`${name}(): its result has`, frame.length, most)
      frame = encodeFrame(THROWN, id, undefined, encodeErrorForm(encodeThrown(error)))
    }
    // A task that was lost with its thread may be sent to this worker again, to be run.
    const isKept = (head as Partial<ThrownHead> | undefined)?.lost !== true
    this.#flows.post(from, {
      id,
      bytes: frame.length,
      isResult: isKept,
      leave: () => {
        if (isKept) this.#recent.keep(from, id, frame)
        this.#send(from, frame, RESENDS)
      }
    })
  }

  refuse({ id, head: { from } }: ServedCall, why: RefusedHead['why'], message: string): void {
    const head: RefusedHead = { worker: this.#connection.address, why, message }
    this.#outbox.post(from, encodeFrame(REFUSED, id, head))
  }

  /** Sends a result that has not arrived once more, unless it is on its way; returns whether it is still known. */
  again(from: string, id: number): boolean {
    const asked = this.#flows.find(from, id)
    const frame = asked === undefined ? this.#recent.find(from, id) : undefined
    if (asked === undefined && frame === undefined) return false
    // If it was lost all the same, its caller asks for it again when it has confirmed what it has.
    if (asked === 'held' || this.#flows.isBusy(from)) return true
    if (asked !== undefined) this.#flows.post(from, asked)
    else if (frame !== undefined) {
      const leave = (): void => this.#outbox.post(from, frame)
      this.#flows.post(from, { id, bytes: frame.length, isResult: true, leave })
    }
    return true
  }

  /** If nothing listens at the caller's address at the moment, the result is sent again: the caller may be reconnecting. */
  #send(from: string, frame: Uint8Array, resends: number): void {
    this.#outbox.post(from, frame, () => {
      if (resends > 0) setTimeout(() => this.#send(from, frame, resends - 1), RESEND_AFTER).unref()
    })
  }
}
