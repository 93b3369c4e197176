import { isMainThread } from 'node:worker_threads'
import { type Descriptor, THROUGH, throughBit } from './wire.js'

/**
 * Where a thread of ours tells the copies of this package on it which of its own output the parent writes
 * (worker/output.ts).
 */
export const THROUGH_HERE = Symbol.for('@bridge/pool/through')

const holder = globalThis as { [THROUGH_HERE]?: () => number }

/** Which of a thread's output the parent writes, as bits of `THROUGH`. */
export class OutputWay {
  readonly #control: Int32Array<SharedArrayBuffer>
  #bits = 0

  constructor(control: Int32Array<SharedArrayBuffer>) {
    this.#control = control
    this.look()
  }

  get isUsed(): boolean {
    return this.#bits !== 0
  }

  add(bits: number): void {
    if ((this.#bits | bits) === this.#bits) return
    this.#bits |= bits
    Atomics.or(this.#control, THROUGH, bits)
  }

  /** Adds the streams that are replaced here now. */
  look(): void {
    if (this.#bits !== ALL) this.add(replacedOutput())
  }
}

const ALL = throughBit(1) | throughBit(2)

/**
 * A bit for each of stdout and stderr whose `write` was replaced here, or that is another stream: the output of this
 * thread's workers has to take the same path as the output of this thread.
 */
function replacedOutput(): number {
  const here = bitOf('stdout', 1) | bitOf('stderr', 2)
  const inherited = holder[THROUGH_HERE]
  return inherited === undefined ? here : here | inherited()
}

function bitOf(name: 'stdout' | 'stderr', fd: Descriptor): number {
  try {
    const stream = process[name]
    const isOther = isMainThread && stream.fd !== fd
    return isOther || Object.hasOwn(stream, 'write') ? throughBit(fd) : 0
  } catch {
    // The stream does not exist.
    return 0
  }
}
