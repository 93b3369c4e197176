import { type ArrivingError, registerErrorsWhere } from '@bridge/core/internal'
import { clientErrorOf, withCause } from '../scope/client-errors.js'
import { optionalPeer } from '../scope/optional-peer.js'

/** From when it is asked for, a worker's exceptions arrive as its class. */
export const wsPeer = optionalPeer<typeof import('@nestjs/websockets')>(
  '@nestjs/websockets',
  ({ WsException }) => registerErrorsWhere({ WsException }, hasError)
)

/** The field that Nest's constructor sets, where another library's class has the same name. */
function hasError({ properties }: ArrivingError): boolean {
  return properties.some(([key]) => key === 'error')
}

/** The exception that answers a message for an error of a call; any other is returned as it is. */
export function toWsException(error: unknown): unknown {
  const known = clientErrorOf(error)
  const WsException = wsPeer()?.WsException
  if (known === undefined || WsException === undefined) return error
  const { code, message } = known
  return withCause(new WsException({ status: 'error', code, message }), error)
}
