import { registerMessageException, toMessageException } from '../scope/message-exceptions.js'
import { optionalPeer } from '../scope/optional-peer.js'

/** From when it is asked for, a worker's exceptions arrive as its class. */
export const wsPeer = optionalPeer<typeof import('@nestjs/websockets')>(
  '@nestjs/websockets',
  ({ WsException }) => registerMessageException({ WsException })
)

/** The exception that answers a message for an error of a call; any other is returned as it is. */
export function toWsException(error: unknown): unknown {
  return toMessageException(error, wsPeer()?.WsException)
}
