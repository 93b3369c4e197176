import { registerMessageException, toMessageException } from '../scope/message-exceptions.js'
import { optionalPeer } from '../scope/optional-peer.js'

/** From when it is asked for, a worker's exceptions arrive as its class. */
export const rpcPeer = optionalPeer<typeof import('@nestjs/microservices')>(
  '@nestjs/microservices',
  ({ RpcException }) => registerMessageException({ RpcException })
)

/** The exception that answers a message for an error of a call; any other is returned as it is. */
export function toRpcException(error: unknown): unknown {
  return toMessageException(error, rpcPeer()?.RpcException)
}
