import { registerMessageException, toMessageException } from '../scope/message-exceptions.js'
import { optionalPeer } from '../scope/optional-peer.js'

/** Once it has been loaded, a worker's exceptions arrive as instances of its class. */
export const rpcPeer = optionalPeer<typeof import('@nestjs/microservices')>(
  '@nestjs/microservices',
  ({ RpcException }) => registerMessageException({ RpcException })
)

/** The exception for an error of a call; any other error is returned unchanged. */
export function toRpcException(error: unknown): unknown {
  return toMessageException(error, rpcPeer()?.RpcException)
}
