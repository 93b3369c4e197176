import type { Task } from '@bridge/core/executor'
import { openStream, type PortStream } from '@bridge/iter'
import { BytePort } from '../wire/byte-port.js'
import type { Payload } from '../wire/frame.js'
import { liveOf } from '../wire/payload.js'

/** How many items are requested with a call, if it streams and its caller waits for the first. */
const FIRST_ITEMS = 8192

/** How many items of its stream a call requests; none if its caller has set how far the stream may be ahead. */
export function askedWith({ stream, isPulled }: Pick<Task, 'stream' | 'isPulled'>): number {
  const isBound = stream?.highWaterMark !== undefined || stream?.twoWay === true
  return isPulled === true && !isBound ? FIRST_ITEMS : 0
}

/** Callbacks of a stream: messages to its worker, and its end. */
export interface StreamEvents {
  send(payload: Payload): void
  /** The consumer's end has closed it. */
  closed(): void
  /** It has ended at the consumer. */
  ended(): void
  /** Its consumer has stopped it, but its generator does not end. */
  stuck(): void
}

/** A stream of another process, for the code that receives its frames. */
export interface ReceivedStream {
  /** How many frames of it have arrived. */
  readonly arrivals: number
  arrived(payload: Payload): void
  /** The worker's end was closed. */
  closed(): void
  /** Its worker is lost, or frames of it are. */
  fail(error: unknown): void
}

/** Makes the receiver of a stream; `give` gets the outcome of the call. */
export type StreamOpener = (
  task: Task,
  events: StreamEvents,
  give: (stream: unknown) => void
) => ReceivedStream

/** For a consumer on this thread. */
export const openHere: StreamOpener = (task, events, give) => new OpenedStream(task, events, give)

/** A stream of another process, for a consumer on this thread. */
class OpenedStream implements ReceivedStream {
  readonly #port: BytePort
  readonly #control: PortStream<unknown>['control']
  arrivals = 0

  /** `give` gets the stream itself, which is not referenced here, so that a dropped stream can be collected. */
  constructor(task: Task, events: StreamEvents, give: (stream: PortStream<unknown>) => void) {
    this.#port = new BytePort(
      payload => events.send(payload),
      () => events.closed()
    )
    const { highWaterMark, twoWay, closeTimeout } = task.stream ?? {}
    const stream = openStream(this.#port, {
      asked: askedWith(task),
      ...(highWaterMark === undefined ? {} : { highWaterMark }),
      ...(twoWay === undefined ? {} : { twoWay }),
      ...(closeTimeout === undefined ? {} : { closeTimeout }),
      live: liveOf,
      onEnd: () => events.ended(),
      onStuck: () => {
        events.stuck()
        return undefined
      }
    })
    this.#control = stream.control
    give(stream)
  }

  arrived(payload: Payload): void {
    this.arrivals++
    this.#port.arrived(payload)
  }

  closed(): void {
    this.arrivals++
    this.#port.closed()
  }

  fail(error: unknown): void {
    this.#control.fail(error)
  }
}
