import { EventEmitter } from 'node:events'
import type { StreamPort } from '@bridge/iter'
import { bare } from '../raw-end.js'

/** One end of a pair whose messages are held until the test delivers them; it reports them without numbers. */
export class FakePort extends EventEmitter implements StreamPort {
  peer!: FakePort
  isClosed = false
  /** Messages sent to this end and not received yet. */
  readonly inbox: unknown[] = []
  readonly #onPost: (message: unknown[]) => void

  constructor(onPost: (message: unknown[]) => void) {
    super()
    this.#onPost = onPost
  }

  postMessage(message: unknown): void {
    if (this.isClosed || this.peer.isClosed) return
    this.#onPost(bare(message))
    this.peer.inbox.push(structuredClone(message))
  }

  /** Receives the next message, or the close of the other end; returns whether there was anything. */
  deliver(): boolean {
    if (this.isClosed) return false
    if (this.inbox.length > 0) this.emit('message', this.inbox.shift())
    else if (this.peer.isClosed) this.close()
    else return false
    return true
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    queueMicrotask(() => this.emit('close'))
  }
}

export function fakePorts(onPost: (message: unknown[]) => void): [FakePort, FakePort] {
  const one = new FakePort(onPost)
  const other = new FakePort(onPost)
  one.peer = other
  other.peer = one
  return [one, other]
}
