import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Injectable, type OnModuleDestroy } from '@nestjs/common'

/** How late the event loop was, in milliseconds. */
export interface Lag {
  readonly max: number
  readonly p99: number
  readonly mean: number
}

// The monitor is a timer of this many milliseconds; what it measures includes them.
const RESOLUTION = 1

/** Measures the delay of the server thread's event loop. */
@Injectable()
export class LoopLag implements OnModuleDestroy {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION })

  constructor() {
    this.#delay.enable()
  }

  /** The delays since the last call. */
  read(): Lag {
    const lag = {
      max: milliseconds(this.#delay.max),
      p99: milliseconds(this.#delay.percentile(99)),
      mean: milliseconds(this.#delay.mean)
    }
    this.#delay.reset()
    return lag
  }

  onModuleDestroy(): void {
    this.#delay.disable()
  }
}

/** Nanoseconds of the monitor as milliseconds of delay; `mean` is NaN if nothing was measured. */
function milliseconds(measured: number): number {
  return Math.round(Math.max(0, (measured || 0) / 1e6 - RESOLUTION) * 10) / 10
}
