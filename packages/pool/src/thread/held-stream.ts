import type { PortStream, StreamControl } from '@bridge/iter'

/**
 * A stream on its way to who asked for it: held until it is taken, and then only loosely, so that a stream that its
 * user drops is collected, which stops its generator.
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

  /** The stream; whoever takes it again has it still. */
  take(): PortStream<unknown> | undefined {
    const stream = this.#untilTaken ?? this.#loosely.deref()
    this.#untilTaken = undefined
    return stream
  }
}
