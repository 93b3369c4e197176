import { shared } from '../shared.js'
import { type RegisteredInstance, registerClass } from '../wire/registered-classes.js'

/** A person that arrives with its methods. */
export type Arriving = Person & RegisteredInstance

/** An instance of the class below. */
export interface Person {
  readonly first: string
  readonly friends: Arriving[]
  readonly greeting: string
}

/**
 * A class whose instances cross as such. It is shared, because one thread may have several copies of this module (ESM and
 * CommonJS), and a name can be that of one class only.
 */
export const Person = shared<new (first: string) => Person>(
  '@bridge/core/testing/Person',
  () =>
    class Person {
      readonly first: string
      readonly friends: Arriving[] = []

      constructor(first: string) {
        if (first === '') throw new RangeError('it has no name')
        this.first = first
      }

      get greeting(): string {
        return `I am ${this.first}`
      }
    }
)

registerClass(Person, '@bridge/core/testing/Person')

/** The result of one of its methods on the receiving thread. */
export function greetingOf(person: Person): string {
  return person.greeting
}

/** Data with instances at several depths, one of them twice, in a cycle. */
export function company(): { lead: Arriving; byName: Map<string, { person: Arriving }> } {
  const [ann, bob] = [new Person('Ann'), new Person('Bob')]
  ann.friends.push(bob)
  bob.friends.push(ann)
  return { lead: ann, byName: new Map([ann, bob].map(person => [person.first, { person }] as const)) }
}

/** Yields an instance for each name. */
export function* people(...names: string[]): Generator<Arriving, void, unknown> {
  for (const name of names) yield new Person(name)
}

/** Throws an error that contains an instance. */
export function failWith(person: Person): never {
  throw Object.assign(new RangeError('failed'), { of: { person } })
}
