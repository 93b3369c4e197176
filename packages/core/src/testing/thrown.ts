import { isDeepStrictEqual } from 'node:util'
import { shared } from '../shared.js'

/**
 * The suite's own error class, registered as a user would do it. It is shared, because on the calling thread the tasks
 * may use another copy of this module than the cases, and their errors must have the same class.
 */
export const QuotaError = shared(
  '@bridge/core/testing/quota-error',
  () =>
    class QuotaError extends Error {
      override readonly name = 'QuotaError'
      readonly code = 'E_QUOTA'
      constructor(readonly limit: number) {
        super(`the limit is ${limit}`)
      }
    }
)

/** Everything that can be thrown, by a name that can be sent anywhere. */
const MADE: Readonly<Record<string, () => unknown>> = {
  error: () => new Error('plain'),
  type: () => new TypeError('of a built-in class'),
  code: () => Object.assign(new RangeError('with a code'), { code: 'E_RANGE', detail: { at: [1, 2] } }),
  registered: () => new QuotaError(7),
  cause: () => new Error('outer', { cause: new TypeError('inner', { cause: { why: 'data' } }) }),
  aggregate: () => new AggregateError([new TypeError('one'), 'two'], 'several'),
  dom: () => new DOMException('gone', 'AbortError'),
  text: () => 'a string',
  number: () => 42,
  null: () => null,
  undefined: () => undefined,
  object: () => ({ plain: true })
}

/** The names that `thrownOf` takes. */
export const thrownKinds: readonly string[] = Object.keys(MADE)

/** Creates the value that a task throws. */
export function thrownOf(kind: string): unknown {
  const make = MADE[kind]
  if (make === undefined) throw new TypeError(`there is no thrown thing called ${kind}`)
  return make()
}

/** The difference between the received and the thrown value; `undefined` when they are equal. Stacks always differ. */
export function differenceOf(arrived: unknown, sent: unknown): string | undefined {
  if (!(sent instanceof Error)) {
    return isDeepStrictEqual(arrived, sent) ? undefined : `${String(arrived)} is not ${String(sent)}`
  }
  if (!(arrived instanceof Error)) return `${String(arrived)} is not an error`
  if (Object.getPrototypeOf(arrived) !== Object.getPrototypeOf(sent)) {
    return `the class is ${arrived.constructor.name} and not ${sent.constructor.name}`
  }
  if (arrived.name !== sent.name) return `the name is ${arrived.name} and not ${sent.name}`
  if (arrived.message !== sent.message) return `the message is '${arrived.message}' and not '${sent.message}'`
  if (typeof arrived.stack !== 'string') return 'there is no stack'
  if (!isDeepStrictEqual(ownOf(arrived), ownOf(sent))) return 'own properties were lost'
  if ('code' in sent && (arrived as { code?: unknown }).code !== sent.code) return 'the code was lost'
  if ('cause' in sent !== 'cause' in arrived) return 'the cause was lost'
  const inner = differenceOf(arrived.cause, sent.cause)
  if (inner !== undefined) return `in the cause: ${inner}`
  if (!(sent instanceof AggregateError)) return undefined
  return sent.errors
    .map((one, index) => differenceOf((arrived as AggregateError).errors[index], one))
    .find(Boolean)
}

/** An error's own properties, without those that every error has, which may be enumerable or not. */
function ownOf(error: Error): object {
  const { name: _name, message: _message, stack: _stack, cause: _cause, ...own } = error
  return own
}
