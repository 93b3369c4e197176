import { registerErrorsWhere } from '@bridge/core/internal'
import type { ArgumentsHost } from '@nestjs/common'
import { clientErrorOf, withCause } from '../scope/client-errors.js'
import { optionalPeer } from '../scope/optional-peer.js'

/** The part of `@nestjs/websockets` that is used here. */
interface WsPeer {
  readonly WsException: new (error: string | object) => Error
  readonly BaseWsExceptionFilter: new () => { catch(exception: unknown, host: ArgumentsHost): unknown }
}

const load = optionalPeer<WsPeer>('@nestjs/websockets')

/** It is loaded; a worker's exceptions arrive as its class from then on. */
export function wsPeer(): WsPeer {
  const peer = load()
  registerErrorsWhere({ WsException: peer.WsException }, ({ properties }) =>
    properties.some(([key]) => key === 'error')
  )
  return peer
}

/** The exception that answers a message for an error of a call; any other is returned as it is. */
export function toWsException(error: unknown): unknown {
  const known = clientErrorOf(error)
  if (known === undefined) return error
  const { code, message } = known
  return withCause(new (wsPeer().WsException)({ status: 'error', code, message }), error)
}
