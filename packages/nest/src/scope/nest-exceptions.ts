import { type ArrivingError, registerErrorsWhere } from '@bridge/core/internal'
import * as common from '@nestjs/common'

type ExceptionClass = abstract new (...args: never[]) => Error

/**
 * Makes Nest's exceptions that a worker throws arrive as instances of their classes, and an application's own subclasses
 * as instances of the nearest Nest class.
 */
export function registerNestExceptions(): void {
  const { HttpException } = common
  const classes = Object.entries(common).filter(
    ([, value]) =>
      typeof value === 'function' && (value === HttpException || value.prototype instanceof HttpException)
  )
  registerErrorsWhere(Object.fromEntries(classes) as Record<string, ExceptionClass>, isNestException)
}

/*
 * Other libraries have classes of the same names (every AWS client has a ConflictException), with a `status` and a
 * `response` of a database or of another server, which must not be sent to a client. Nest's exceptions are recognized by
 * their base classes and by the fields that Nest's constructor sets.
 */
function isNestException({ classes, properties }: ArrivingError): boolean {
  if (!classes.some(names => names.includes('HttpException'))) return false
  const parts = new Map(properties.map(([key, part]) => [key, part as { readonly value?: unknown }]))
  if (!['response', 'status', 'options'].every(key => parts.has(key))) return false
  const status = parts.get('status')?.value as number
  return Number.isInteger(status) && status >= 400 && status < 600
}
