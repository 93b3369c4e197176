import { clientErrorOf, withCause } from '../scope/client-errors.js'
import { optionalPeer } from '../scope/optional-peer.js'

const load = optionalPeer<typeof import('graphql')>('graphql')

/**
 * The GraphQL error for an error of a call, with its code in `extensions.code`; any other error is returned unchanged.
 */
export function toGraphqlError(error: unknown): unknown {
  const known = clientErrorOf(error)
  const GraphQLError = load()?.GraphQLError
  if (known === undefined || GraphQLError === undefined) return error
  const { code, message } = known
  return withCause(new GraphQLError(message, { extensions: { code } }), error)
}
