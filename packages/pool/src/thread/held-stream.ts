import type { PortStream, StreamControl } from '@bridge/iter'

/**
 * A stream on its way to its caller: held strongly until it is taken, and then only weakly, so that a stream that its
 * user no longer references is collected, which stops its generator.
 */
export class HeldStream {
  readonly control: StreamControl
  readonly #loosely: WeakRef<PortStream<unknown>>
  #untilTaken: PortStream<unknown> | undefined

  constructor(stream: PortStream<unknown>) {
    this.control = stream.control
    this.#loosely = new WeakRef(stream)
    this.#untilTaken = stream
  }

  /** The stream; it can be taken again as long as its user references it. */
  take(): PortStream<unknown> | undefined {
    const stream = this.#untilTaken ?? this.#loosely.deref()
    this.#untilTaken = undefined
    return stream
  }
}
