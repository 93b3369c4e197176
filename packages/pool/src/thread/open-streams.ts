import { itemTimeoutError, limitReached, type Transferable } from '@bridge/core/executor'
import { Timer } from '@bridge/core/internal'
import {
  type Blocker,
  type Live,
  openStream,
  type PortStream,
  type SentSource,
  type StreamControl
} from '@bridge/iter'
import { ById } from '../connection/by-id.js'
import { KEEPS_CHANNELS } from '../connection/keeps-channels.js'
import type { Answer, STREAM } from '../connection/wire.js'
import { HeldStream } from './held-stream.js'
import type { QueuedRun } from './queued-run.js'
import { refusingCycles, SentSources } from './stream-cycles.js'
import { streamOptions } from './stream-options.js'
import { StreamPorts } from './stream-ports.js'

/** How long, in milliseconds, a thread whose stream was cut off has to report why it ended. */
const EXIT_REPORT_GRACE = 1000

/** How long, in milliseconds, `break` waits for the generator's `finally` if `killGrace` is not longer. */
const CLOSE_GRACE = 1000

/** The answer that a call streams. */
type StreamAnswer = Extract<Answer, readonly [typeof STREAM, ...unknown[]]>

/** An open stream, without the stream itself: a stream that its user no longer references must be collected. */
interface Open {
  readonly control: StreamControl
  readonly run: QueuedRun
}

/** The streams whose generators live on a thread. They occupy no place there. */
export class OpenStreams {
  /** By the ids of their calls. */
  readonly #open = new ById<Open>()
  readonly #ports = new StreamPorts()
  readonly #lent = new Set<SentSources>()
  readonly #onEnd: () => void
  readonly #live: Live

  /** `live` resolves references of the thread; `onEnd` is called when a stream has ended. */
  constructor(live: Live, onEnd: () => void) {
    this.#live = live
    this.#onEnd = onEnd
  }

  get size(): number {
    return this.#open.size
  }

  /** Whether the thread must not end: a stream lives there, or a stream of the parent is read there. */
  get holdThread(): boolean {
    if (this.#open.size > 0) return true
    for (const sent of this.#lent) if (sent.areRead) return true
    return false
  }

  /** How many calls there wait for the next item of a stream that needs this thread's event loop. */
  get awaited(): number {
    return [...this.#lent].filter(sent => sent.needLoop).length
  }

  /** The streams of the parent that are read there now. */
  get read(): readonly SentSource[] {
    return [...this.#lent].flatMap(sent => sent.read)
  }

  /** The transfer list of a call on the thread, which may contain streams to read. */
  lend(transferList: readonly Transferable[] | undefined): void {
    const sent = SentSources.among(transferList)
    if (sent === undefined) return
    this.#lent.add(sent)
    void sent.left.then(() => {
      this.#lent.delete(sent)
      this.#onEnd()
    })
  }

  /** Whether a sent stream is read here, or a stream that waits for it. */
  reads(stream: SentSource | undefined): boolean {
    for (let source = stream; source !== undefined; source = source.outer) {
      if (!source.isRead) continue
      for (const sent of this.#lent) if (sent.includes(source)) return true
    }
    return false
  }

  /** Opens the stream that a call returned, of which `asked` items were requested with the call. */
  open([, , channel, sent, asked]: StreamAnswer, run: QueuedRun): HeldStream {
    const { killGrace } = run
    const port = this.#ports.take(channel, sent)
    let gone: Timer | undefined
    const stream: PortStream<unknown> = openStream(port, {
      asked,
      ...streamOptions(run.task, Math.max(CLOSE_GRACE, killGrace)),
      itemTimeout: run.task.itemTimeout,
      onItemLate: () => run.cancel(itemTimeoutError(run.task)),
      blocker: blockerOf(run),
      live: this.#live,
      onGone: fail => {
        gone = new Timer(EXIT_REPORT_GRACE, fail)
      },
      keepPort: KEEPS_CHANNELS,
      onEnd: isKept => {
        gone?.stop()
        if (isKept) this.#ports.release(channel)
        else this.#ports.close(channel)
        this.#open.delete(run.id)
        run.onStreamEnd()
        this.#onEnd()
      },
      onStuck: () => run.onStreamStuck()
    })
    // Not the stream itself: a stream that its user no longer references must be collected, which stops its generator.
    this.#open.set(run.id, { control: stream.control, run })
    return new HeldStream(stream)
  }

  /** The stream is not read, so its generator may end. */
  refuse([, , channel, sent]: StreamAnswer): void {
    this.#ports.take(channel, sent)
    this.#ports.close(channel)
    this.#onEnd()
  }

  /** Does the work of timers for them, while this thread is blocked. */
  keepLimits(): void {
    for (const { run } of this.#open.members) run.keepLimits()
  }

  /** The call of that id, whose stream is open. */
  find(id: number): QueuedRun | undefined {
    return this.#open.get(id)?.run
  }

  /** Ends all of them with `reason`; resolves when their generators have cleaned up. */
  async stop(reason: unknown): Promise<void> {
    const open = this.#open.members
    for (const { control } of open) control.abort(reason)
    await Promise.all(open.map(({ control }) => control.ended))
  }

  /** Fails all of them: their thread has ended. Each gets an error of its own. */
  fail(reason: () => unknown): void {
    const open = this.#open.members
    this.#open.clear()
    for (const { control } of open) control.fail(reason())
  }
}

/** A blocking consumer that only takes items that have arrived has a deadline, too, and no timer fires for it. */
function blockerOf(run: QueuedRun): Blocker {
  return {
    blockUntil: (isDone, timeout) => run.blockUntil(refusingCycles(run, isDone), timeout),
    poll() {
      const reached = limitReached(run.task)
      if (reached !== undefined) run.cancel(reached.reason)
      run.checkLimits()
    }
  }
}
