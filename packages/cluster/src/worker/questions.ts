import { encodeFrame, type PingHead, PONG, type PongHead, TAKEN, THERE } from '../wire/frame.js'
import type { Flows } from './flows.js'
import type { ForwardedCalls } from './forwarded-calls.js'
import type { Outbox } from './outbox.js'
import { keyOfCall, type Results } from './results.js'
import type { ServedCall } from './served-call.js'

/** What a worker's answers to questions depend on. */
interface Known {
  /** The worker's address. */
  readonly worker: string
  /** The calls that the worker has, by the address of their caller and their number there. */
  readonly calls: ReadonlyMap<string, ReadonlyMap<number, ServedCall>>
  readonly results: Results
  readonly flows: Flows
  readonly forwarded: ForwardedCalls
  readonly outbox: Outbox
}

/** What callers and workers ask each other about calls whose frames may have been lost. */
export class Questions {
  readonly #known: Known

  constructor(known: Known) {
    this.#known = known
  }

  /** Acknowledges calls. */
  sendTaken(from: string, ids: readonly number[]): void {
    const { outbox, worker } = this.#known
    if (ids.length > 0) outbox.post(from, encodeFrame(TAKEN, 0, { worker, ids }))
  }

  /** Answers a request to all workers of a queue, only for the calls that this worker has or had. */
  onAsk(from: string, ids: readonly number[]): void {
    const calls = this.#known.calls.get(from)
    this.sendTaken(
      from,
      // A result that is held is a call that this worker has.
      ids.filter(id => calls?.has(id) === true || this.#known.results.again(from, id))
    )
  }

  /** Asks a caller whether it waits for these calls; for all of its calls, unless `ids` are given. */
  askThere(caller: string, ids?: readonly number[], onNoListener?: () => void): void {
    const { outbox, worker, calls, flows } = this.#known
    flows.remind(caller)
    const asked = ids ?? [...(calls.get(caller)?.keys() ?? [])]
    outbox.post(caller, encodeFrame(THERE, 0, { worker, ids: asked }), onNoListener)
  }

  onPing(from: string, { ids, sent: sentByCaller = [] }: PingHead): void {
    const { outbox, worker, calls: all, results, flows } = this.#known
    const calls = all.get(from)
    flows.remind(from)
    const unknown = ids.filter(
      id => calls?.has(id) !== true && !results.again(from, id) && !this.#isForwarded(from, id)
    )
    // What is held, or on its way, is not lost.
    const settled = flows.isBusy(from) ? [] : ids
    const sent = settled.flatMap((id): [number, number][] => {
      const stream = calls?.get(id)?.stream
      return stream === undefined ? [] : [[id, stream.sent]]
    })
    // Sent through the outbox, so that it does not overtake a result.
    const lost = sentByCaller
      .filter(([id, frames]) => (calls?.get(id)?.stream?.arrivals ?? frames) < frames)
      .map(([id]) => id)
    const head: PongHead = { worker, unknown, sent, ...(lost.length === 0 ? {} : { lost }) }
    outbox.post(from, encodeFrame(PONG, 0, head))
    this.#askUnawaited(from, ids)
  }

  /** Asks about acknowledged calls that their caller did not ask about. */
  #askUnawaited(from: string, ids: readonly number[]): void {
    const awaited = new Set(ids)
    const others = [...(this.#known.calls.get(from)?.values() ?? [])].filter(
      ({ id, isAcknowledged }) => isAcknowledged && !awaited.has(id)
    )
    if (others.length === 0) return
    this.askThere(
      from,
      others.map(({ id }) => id)
    )
  }

  #isForwarded(from: string, id: number): boolean {
    return this.#known.forwarded.find(keyOfCall(from, id)) !== undefined
  }
}
