import { randomUUID } from 'node:crypto'
import { validateHeaderName } from 'node:http'
import { InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkOptions, refuse } from '@bridge/core/internal'

/** A request of Express, of Fastify, or of Node itself. */
export interface IncomingRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The id that Fastify, or a logger's middleware, has given it. */
  readonly id?: unknown
}

/** Where the id of an HTTP request comes from. */
export interface RequestIdOptions {
  /** The header of the request that has its id; `x-request-id` by default. */
  readonly header?: string
  /** Makes the id of a request without one; a random UUID by default. */
  readonly generate?: (request: IncomingRequest) => unknown
  /** Whether the response has the id, in the same header. `false` by default. */
  readonly echo?: boolean
}

/** The options, or a function that returns the id of a request. */
export type RequestIdOption = RequestIdOptions | ((request: IncomingRequest) => unknown)

const HEADER = 'x-request-id'

/** Longer ids are taken for an attempt to fill the logs. */
const MAX_ID_LENGTH = 200

/** Throws if the option is invalid, with the bad value in the message. */
export function checkRequestId(where: string, option: RequestIdOption): void {
  if (typeof option === 'function') return
  checkOptions(where, option ?? null, ['header', 'generate', 'echo'])
  const { header, generate, echo } = option
  if (header !== undefined) checkHeader(where, header)
  if (generate !== undefined) checkFunction(where, 'requestId.generate', generate)
  if (echo !== undefined && typeof echo !== 'boolean') {
    refuse(where, 'requestId.echo must be true or false', echo)
  }
}

/** The id that the request has, or a new one. */
export function requestId(request: IncomingRequest, option: RequestIdOption = {}): string {
  if (typeof option === 'function') return textOf(option(request))
  const header = request.headers[(option.header ?? HEADER).toLowerCase()]
  const isId = typeof header === 'string' && header !== '' && header.length <= MAX_ID_LENGTH
  return isId ? header : textOf(option.generate?.(request))
}

/** The header of the response that has the id, if the options ask for it. */
export function echoHeader(option: RequestIdOption = {}): string | undefined {
  return typeof option !== 'function' && option.echo === true ? (option.header ?? HEADER) : undefined
}

/** Other libraries also use numbers as ids. */
function textOf(id: unknown): string {
  const text = typeof id === 'number' ? String(id) : id
  return typeof text === 'string' && text !== '' ? text : randomUUID()
}

function checkHeader(where: string, header: string): void {
  try {
    validateHeaderName(header)
  } catch (cause) {
    throw new InvalidArgumentError(`${where}: requestId.header must be the name of a header, got ${header}`, {
      cause
    })
  }
}
