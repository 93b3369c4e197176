import { clientErrorOf, withCause } from '../scope/client-errors.js'
import { optionalPeer } from '../scope/optional-peer.js'

/** The part of `graphql` that is used here. */
interface GraphqlPeer {
  readonly GraphQLError: new (message: string, options: { readonly extensions: object }) => Error
}

const load = optionalPeer<GraphqlPeer>('graphql')

/**
 * The error that answers an operation for an error of a call, with its code in `extensions.code`; any other is returned
 * as it is.
 */
export function toGraphqlError(error: unknown): unknown {
  const known = clientErrorOf(error)
  if (known === undefined) return error
  const { code, message } = known
  return withCause(new (load().GraphQLError)(message, { extensions: { code } }), error)
}
