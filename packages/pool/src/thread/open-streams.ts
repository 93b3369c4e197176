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
import { ById } from '../lane/by-id.js'
import { KEEPS_CHANNELS } from '../lane/keeps-channels.js'
import type { Answer, STREAM } from '../lane/wire.js'
import { HeldStream } from './held-stream.js'
import { refusingCycles, SentSources } from './stream-cycles.js'
import { streamOptions } from './stream-options.js'
import { StreamPorts } from './stream-ports.js'
import type { ThreadRun } from './thread-run.js'

/** How long, in milliseconds, a thread whose stream was cut off has to say what it ended of. */
const LAST_WORDS = 1000

/** How long, in milliseconds, `break` waits for the generator's `finally` where `killGrace` is no longer. */
const CLOSE_GRACE = 1000

/** The answer that a call streams. */
type StreamAnswer = Extract<Answer, readonly [typeof STREAM, ...unknown[]]>

/** A stream that is open, without the stream itself: one that its user drops must be collected. */
interface Open {
  readonly control: StreamControl
  readonly run: ThreadRun
}

/** The streams whose generators live on a thread. They hold no place there. */
export class OpenStreams {
  /** By the ids of the calls that they belong to. */
  readonly #open = new ById<Open>()
  readonly #ports = new StreamPorts()
  readonly #lent = new Set<SentSources>()
  readonly #onEnd: () => void
  readonly #live: Live

  /** `live` gives what stands here for what stays there; `onEnd` is called when one of them has ended. */
  constructor(live: Live, onEnd: () => void) {
    this.#live = live
    this.#onEnd = onEnd
  }

  get size(): number {
    return this.#open.size
  }

  /** Whether the thread must not end: a stream lives there, or one of its owner's is read there. */
  get holdThread(): boolean {
    if (this.#open.size > 0) return true
    for (const sent of this.#lent) if (sent.areRead) return true
    return false
  }

  /** How many calls there wait for the next item of a stream that needs this thread's event loop. */
  get awaited(): number {
    return [...this.#lent].filter(sent => sent.needLoop).length
  }

  /** The streams of its owner's that are read there now. */
  get read(): readonly SentSource[] {
    return [...this.#lent].flatMap(sent => sent.read)
  }

  /** A call on the thread is moved these, among which there may be streams to read. */
  lend(moves: readonly Transferable[] | undefined): void {
    const sent = SentSources.among(moves)
    if (sent === undefined) return
    this.#lent.add(sent)
    void sent.left.then(() => {
      this.#lent.delete(sent)
      this.#onEnd()
    })
  }

  /** Whether a stream that was sent is read here, or one that waits for it. */
  reads(stream: SentSource | undefined): boolean {
    for (let source = stream; source !== undefined; source = source.outer) {
      if (!source.isRead) continue
      for (const sent of this.#lent) if (sent.includes(source)) return true
    }
    return false
  }

  /** Opens the stream that a call resulted in, and of which so many items were asked for with it. */
  open([, , channel, sent, asked]: StreamAnswer, run: ThreadRun): HeldStream {
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
        gone = new Timer(LAST_WORDS, fail)
      },
      keepPort: KEEPS_CHANNELS,
      onEnd: isKept => {
        gone?.stop()
        if (isKept) this.#ports.letGo(channel)
        else this.#ports.close(channel)
        this.#open.delete(run.id)
        run.onStreamEnd()
        this.#onEnd()
      },
      onStuck: () => run.onStreamStuck()
    })
    // Not the stream itself: one that its user drops must be collected, which stops its generator.
    this.#open.set(run.id, { control: stream.control, run })
    return new HeldStream(stream)
  }

  /** The stream is not read, so its generator may end. */
  refuse([, , channel, sent]: StreamAnswer): void {
    this.#ports.take(channel, sent)
    this.#ports.close(channel)
    this.#onEnd()
  }

  /** Does for them what timers would do, while this thread is blocked. */
  keepLimits(): void {
    for (const { run } of this.#open.members) run.keepLimits()
  }

  /** The call of that id, whose stream is open. */
  find(id: number): ThreadRun | undefined {
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

/** A blocking consumer that only takes what is there has a deadline, too, and no timer tells it. */
function blockerOf(run: ThreadRun): Blocker {
  return {
    blockUntil: (isDone, timeout) => run.blockUntil(refusingCycles(run, isDone), timeout),
    look() {
      const reached = limitReached(run.task)
      if (reached !== undefined) run.cancel(reached.reason)
      run.lookAround()
    }
  }
}
