import { registerMessageException, toMessageException } from '../scope/message-exceptions.js'
import { optionalPeer } from '../scope/optional-peer.js'

/** Once it has been loaded, a worker's exceptions arrive as instances of its class. */
export const wsPeer = optionalPeer<typeof import('@nestjs/websockets')>(
  '@nestjs/websockets',
  ({ WsException }) => registerMessageException({ WsException })
)

/** The exception for an error of a call; any other error is returned unchanged. */
export function toWsException(error: unknown): unknown {
  return toMessageException(error, wsPeer()?.WsException)
}
