import { type ArrivingError, registerErrorsWhere } from '@bridge/core/internal'
import { clientErrorOf, withCause } from './client-errors.js'

/** Nest's exception class of a transport or a gateway. */
type MessageException = new (answer: object) => Error

/** From now on, errors of these classes that a worker throws arrive as their instances. */
export function registerMessageException(classes: Readonly<Record<string, MessageException>>): void {
  registerErrorsWhere(classes, hasError)
}

/** Checks the field that Nest's constructor sets, because another library's class may have the same name. */
function hasError({ properties }: ArrivingError): boolean {
  return properties.some(([key]) => key === 'error')
}

/** The exception of that class for an error of a call; any other error is returned unchanged. */
export function toMessageException(error: unknown, Exception: MessageException | undefined): unknown {
  const known = clientErrorOf(error)
  if (known === undefined || Exception === undefined) return error
  const { code, message } = known
  return withCause(new Exception({ status: 'error', code, message }), error)
}
