import type { Emitter } from '../scope/once-on.js'

/** The part of Node's response that is needed to detect its end. */
export interface RawResponse extends Emitter {
  readonly writableFinished: boolean
  readonly destroyed: boolean
  readonly headersSent: boolean
  /** `null` while responses before it on its connection are not complete. */
  readonly socket?: Connection | null
  readonly req?: { readonly socket?: Connection | null }
  setHeader(name: string, value: string): unknown
}

interface Connection extends Emitter {
  readonly destroyed?: boolean
}

/** Express's request and response are Node's own; Fastify's hold Node's in `raw`. */
export type Held<T extends object> = T & { readonly raw?: T }

/** Node's own request or response. */
export function rawOf<T extends object>(held: Held<T>): T {
  return held.raw ?? held
}
