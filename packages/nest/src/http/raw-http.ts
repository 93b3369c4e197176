import type { Emitter } from '../scope/once-on.js'

/** The part of Node's response that tells of its end. */
export interface RawResponse extends Emitter {
  readonly writableFinished: boolean
  readonly destroyed: boolean
  readonly headersSent: boolean
  setHeader(name: string, value: string): unknown
}

/** Express's request and response are Node's own; Fastify's hold it. */
export type Held<T extends object> = T & { readonly raw?: T }

/** Node's own. */
export function rawOf<T extends object>(held: Held<T>): T {
  return held.raw ?? held
}
