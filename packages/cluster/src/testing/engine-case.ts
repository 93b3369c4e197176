import { randomUUID } from 'node:crypto'
import type { Connection, Engine, SentCall, TakenCall, Taking } from '../engine/engine.js'
import { Box } from './box.js'

/** One requirement of engines. `run` rejects if it is not met. */
export interface EngineCase {
  /** A sentence for the test's name. */
  readonly name: string
  run(): Promise<void>
}

/** A simulated process. */
export interface Peer {
  readonly connection: Connection
  readonly frames: Box<Uint8Array>
  /** Sends a call with these bytes; refusals are collected in its box. */
  send(queue: string, frame: Uint8Array, more?: Partial<SentCall>): SentCalled
  /** Takes calls into a box. */
  take(queues: readonly string[], atMost: number): Promise<{ taking: Taking; calls: Box<TakenCall> }>
}

/** A call that was sent. */
export interface SentCalled {
  readonly id: string
  readonly refusals: Box<Error | undefined>
}

/** The environment of a case. */
export interface EngineBench {
  open(): Promise<Peer>
  /** A name for a queue or an address that no other case uses. */
  unique(): string
}

/** The cases by name. */
export type Cases = Readonly<Record<string, (bench: EngineBench) => Promise<void>>>

/** The cases with an engine; each closes the connections that it opened. */
export function namedCases(
  make: () => Engine | Promise<Engine>,
  groups: readonly Cases[]
): readonly EngineCase[] {
  return groups
    .flatMap(group => Object.entries(group))
    .map(([name, body]) => ({
      name,
      async run() {
        const engine = await make()
        const opened: Connection[] = []
        try {
          await body({ open: () => open(engine, opened), unique: () => randomUUID() })
        } finally {
          await Promise.all(opened.map(connection => connection.close()))
        }
      }
    }))
}

async function open(engine: Engine, opened: Connection[]): Promise<Peer> {
  const frames = new Box<Uint8Array>('a frame')
  const connection = await engine.connect({ onFrame: frames.put, onStatus: () => {} })
  opened.push(connection)
  return {
    connection,
    frames,
    send(queue, frame, more) {
      const refusals = new Box<Error | undefined>('a refusal')
      const id = randomUUID()
      connection.send({ queue, id, frame, priority: 0, ...more }, refusals.put)
      return { id: more?.id ?? id, refusals }
    },
    async take(queues, atMost) {
      const calls = new Box<TakenCall>('a call')
      return { taking: await connection.take(queues, atMost, calls.put), calls }
    }
  }
}

/** The bytes of a string, as a frame. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The text of a frame. */
export const text = (frame: Uint8Array): string => new TextDecoder().decode(frame)
