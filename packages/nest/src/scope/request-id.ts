import { randomUUID } from 'node:crypto'

/** A request as Express and Fastify have it. */
export interface IncomingRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Where a request brings its id. */
const HEADER = 'x-request-id'

/** Longer ids are an attempt to fill the logs. */
const MAX_ID_LENGTH = 200

/** The id that a request brings, or a new one. */
export function requestId({ headers }: IncomingRequest): string {
  const header = headers[HEADER]
  const isId = typeof header === 'string' && header !== '' && header.length <= MAX_ID_LENGTH
  return isId ? header : randomUUID()
}
