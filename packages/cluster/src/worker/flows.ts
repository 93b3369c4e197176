import { Timer } from '@bridge/core/internal'
import { Flow, type Mark, type Outgoing } from './flow.js'

/** How many milliseconds a caller has at least to ask for large results that were lost. */
const ASKED_FOR = 5000

/** With more callers, those that have confirmed everything are forgotten. */
const MOST_CALLERS = 1000

/** Callbacks of flows. */
export interface FlowEvents {
  sendMark(caller: string, mark: Mark): void
  /** The caller has not confirmed what it was sent. */
  onBusy(caller: string): void
  /** It has confirmed everything. */
  onFree(caller: string): void
}

/** What a worker sends to its callers, each at its own pace. */
export class Flows {
  readonly #events: FlowEvents
  readonly #flows = new Map<string, Flow>()
  #timer: Timer | undefined
  #lastMark = 0
  #onEmpty: (() => void) | undefined

  constructor(events: FlowEvents) {
    this.#events = events
  }

  /** Sends a frame now, or when there is room; frames to one caller keep their order. */
  post(caller: string, outgoing: Outgoing): void {
    const flow = this.#flowOf(caller)
    flow.post(outgoing)
    this.#markIfDue(caller, flow)
  }

  /** `held` if frames of the call wait to be sent; its result, if that may have been lost on its way. */
  find(caller: string, id: number): Outgoing | 'held' | undefined {
    const flow = this.#flows.get(caller)
    return flow?.holds(id) === true ? 'held' : flow?.find(id)
  }

  /** Whether the caller has not confirmed what it was sent: it may still be on its way. */
  isBusy(caller: string): boolean {
    return this.#flows.get(caller)?.mark !== undefined
  }

  /** Sends the mark again, which may have been lost. */
  remind(caller: string): void {
    const mark = this.#flows.get(caller)?.mark
    if (mark !== undefined) this.#events.sendMark(caller, mark)
  }

  /** To be called when a caller has answered a mark. */
  onSeen(caller: string, number: number): void {
    const flow = this.#flows.get(caller)
    if (flow?.mark?.number !== number) return
    flow.confirmed(flow.mark)
    this.#markIfDue(caller, flow)
    if (flow.mark === undefined) this.#free(caller, flow)
  }

  /** Discards everything for a caller that is gone. */
  drop(caller: string): void {
    this.#flows.delete(caller)
    this.#notifyIfEmpty()
  }

  /** Resolves when nothing is held. */
  async empty(): Promise<void> {
    if (this.#isEmpty) return
    await new Promise<void>(resolve => {
      this.#onEmpty = resolve
    })
  }

  end(): void {
    this.#timer?.stop()
    this.#timer = undefined
    this.#flows.clear()
  }

  #flowOf(caller: string): Flow {
    const known = this.#flows.get(caller)
    if (known !== undefined) return known
    if (this.#flows.size >= MOST_CALLERS) {
      for (const [other, { mark, keepsResults }] of this.#flows) {
        if (mark === undefined && !keepsResults) this.#flows.delete(other)
      }
    }
    const flow = new Flow()
    this.#flows.set(caller, flow)
    return flow
  }

  #markIfDue(caller: string, flow: Flow): void {
    const mark = flow.nextMark(this.#lastMark + 1)
    if (mark === undefined) return
    this.#lastMark = mark.number
    this.#events.sendMark(caller, mark)
    this.#events.onBusy(caller)
  }

  #free(caller: string, flow: Flow): void {
    this.#events.onFree(caller)
    this.#notifyIfEmpty()
    if (flow.keepsResults) this.#sweepLater()
  }

  #sweepLater(): void {
    this.#timer ??= new Timer(ASKED_FOR, this.#sweep).keepAlive(false)
  }

  readonly #sweep = (): void => {
    this.#timer = undefined
    for (const flow of this.#flows.values()) {
      if (flow.mark !== undefined || !flow.keepsResults) continue
      if (flow.isQuiet) flow.forget()
      flow.isQuiet = true
      if (flow.keepsResults) this.#sweepLater()
    }
  }

  get #isEmpty(): boolean {
    return ![...this.#flows.values()].some(({ isHolding }) => isHolding)
  }

  #notifyIfEmpty(): void {
    if (this.#onEmpty !== undefined && this.#isEmpty) this.#onEmpty()
  }
}
