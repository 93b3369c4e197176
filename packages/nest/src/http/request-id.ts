import { randomUUID } from 'node:crypto'
import { validateHeaderName } from 'node:http'
import { InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkOptions, refuse } from '@bridge/core/internal'

/** A request as Express and Fastify have it, and Node itself. */
export interface IncomingRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** What Fastify, or a logger's middleware, has called it. */
  readonly id?: unknown
}

/** Where the id of an HTTP request comes from. */
export interface RequestIdOptions {
  /** The header that a request brings its id in; `x-request-id` unless set. */
  readonly header?: string
  /** Makes the id of a request that brings none; a random UUID unless set. */
  readonly generate?: (request: IncomingRequest) => unknown
  /** Whether the answer has the id, in the same header. `false` unless set. */
  readonly echo?: boolean
}

/** The options, or what finds the id of any request by itself. */
export type RequestIdOption = RequestIdOptions | ((request: IncomingRequest) => unknown)

const HEADER = 'x-request-id'

/** Longer ids are an attempt to fill the logs. */
const MAX_ID_LENGTH = 200

/** Refuses an option that is none, with the bad value in the message. */
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

/** The id that a request brings, or a new one. */
export function requestId(request: IncomingRequest, option: RequestIdOption = {}): string {
  if (typeof option === 'function') return textOf(option(request))
  const header = request.headers[(option.header ?? HEADER).toLowerCase()]
  const isId = typeof header === 'string' && header !== '' && header.length <= MAX_ID_LENGTH
  return isId ? header : textOf(option.generate?.(request))
}

/** The header that the answer has the id in, if it has. */
export function echoHeader(option: RequestIdOption = {}): string | undefined {
  return typeof option !== 'function' && option.echo === true ? (option.header ?? HEADER) : undefined
}

/** Ids of other libraries are numbers, too. */
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
