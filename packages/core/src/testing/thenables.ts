import { runInNewContext } from 'node:vm'

type Then = (fulfilled: (value: unknown) => void, rejected: (error: unknown) => void) => unknown

const withThen = <T extends object>(holder: T, then: Then): T =>
  Object.defineProperty(holder, 'then', { value: then })

const thenable = (then: Then): object => withThen({}, then)

/** Everything that `await` waits for and that is not a promise of this realm, by a name that can be sent anywhere. */
const MADE: Readonly<Record<string, () => unknown>> = {
  'calls back at once': () => thenable(fulfilled => fulfilled('value')),
  'calls back later': () => thenable(fulfilled => void setImmediate(fulfilled, 'value')),
  'calls back twice': () =>
    thenable((fulfilled, rejected) => {
      fulfilled('first')
      fulfilled('second')
      rejected(new TypeError('third'))
    }),
  'calls back, then throws': () =>
    thenable(fulfilled => {
      fulfilled('value')
      throw new TypeError('too late')
    }),
  throws: () =>
    thenable(() => {
      throw new TypeError('from then')
    }),
  rejects: () => thenable((_, rejected) => rejected(new RangeError('rejected'))),
  'has a getter that throws': () =>
    Object.defineProperty({}, 'then', {
      get() {
        throw new TypeError('from the getter')
      }
    }),
  'gives another one': () => thenable(fulfilled => fulfilled(thenable(inner => inner('inner')))),
  'is a function': () =>
    withThen(
      () => {},
      fulfilled => fulfilled('value')
    ),
  'is a promise of another realm': () => runInNewContext('Promise.resolve("value")'),
  'is a rejected promise of another realm': () => runInNewContext('Promise.reject(new TypeError("there"))'),
  'is a promise with a then of its own': () =>
    withThen(Promise.resolve('value'), fulfilled => fulfilled('value')),
  'is of a subclass whose then gives nothing': () =>
    class extends Promise<string> {
      // biome-ignore lint/suspicious/noThenProperty: what it is about
      override then(fulfilled: unknown): never {
        ;(fulfilled as (value: string) => void)('value')
        return undefined as never
      }
    }.resolve('value')
}

/** The names that `thenableOf` takes. */
export const thenableKinds: readonly string[] = Object.keys(MADE)

/** Creates the thenable of that name. */
export function thenableOf(kind: string): unknown {
  const make = MADE[kind]
  if (make === undefined) throw new TypeError(`there is no thenable that ${kind}`)
  return make()
}
