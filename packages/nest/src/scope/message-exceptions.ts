import { type ArrivingError, registerErrorsWhere } from '@bridge/core/internal'
import { clientErrorOf, withCause } from './client-errors.js'

/** A class of Nest's that answers a message with an error. */
type MessageException = new (answer: object) => Error

/** From now on what a worker threw of this class arrives as such. */
export function registerMessageException(classes: Readonly<Record<string, MessageException>>): void {
  registerErrorsWhere(classes, hasError)
}

/** The field that Nest's constructor sets, where another library's class has the same name. */
function hasError({ properties }: ArrivingError): boolean {
  return properties.some(([key]) => key === 'error')
}

/** The exception of that class for an error of a call; any other is returned as it is. */
export function toMessageException(error: unknown, Exception: MessageException | undefined): unknown {
  const known = clientErrorOf(error)
  if (known === undefined || Exception === undefined) return error
  const { code, message } = known
  return withCause(new Exception({ status: 'error', code, message }), error)
}
