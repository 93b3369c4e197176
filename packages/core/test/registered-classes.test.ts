import { InvalidArgumentError, registerClass } from '@bridge/core'
import { decodeThrown, dereference, encodeThrown, refer, referencesIn } from '@bridge/core/executor'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'

class Person {
  first: string
  #made = true

  constructor(first: string) {
    this.first = first
  }

  get upper(): string {
    return this.first.toUpperCase()
  }

  isMade(): boolean {
    return this.#made
  }
}
registerClass(Person)

class Pupil extends Person {
  grade = 1

  set nick(_: string) {
    throw new RangeError('a setter ran')
  }
}
registerClass(Pupil, 'school/Pupil')

const nothing = () => undefined

/** There and back, as through a message port. */
function sent<T>(value: T): T {
  const { data, references } = structuredClone(refer(value, nothing) ?? { data: value, references: [] })
  return dereference({ data, references }, nothing) as T
}

describe('an instance of a registered class', () => {
  it('has its own enumerable fields and its class where it arrives, and no constructor has run', () => {
    const ann = sent(new Person('Ann'))
    expect(ann).toBeInstanceOf(Person)
    expect({ ...ann, upper: ann.upper }).toEqual({ first: 'Ann', upper: 'ANN' })
    expect(() => ann.isMade()).toThrow(TypeError)
  })

  it('is of the very class that it was of, with fields in which the class has setters', () => {
    const eve = Object.defineProperty(new Pupil('Eve'), 'nick', { value: 'E', enumerable: true })
    const arrived = sent({ list: [eve] }).list[0]
    expect(Object.getPrototypeOf(arrived)).toBe(Pupil.prototype)
    expect(Object.entries(arrived as object)).toEqual([
      ['first', 'Eve'],
      ['grade', 1],
      ['nick', 'E']
    ])
  })

  it('stands in arrays, objects, Maps, Sets and other instances, and keeps cycles', () => {
    const ann = Object.assign(new Person('Ann'), { friend: undefined as unknown })
    ann.friend = new Map([[new Set([ann]), [{ ann }]]])
    const arrived = sent(ann)
    const [[key, value] = []] = arrived.friend as Map<Set<Person>, { ann: Person }[]>
    expect(arrived.upper).toBe('ANN')
    expect([...(key ?? [])][0]).toBe(arrived)
    expect(value?.[0]?.ann).toBe(arrived)
  })

  it('is found in much data, and deep in it', () => {
    const deep = Array.from({ length: 300 }).reduce<unknown>(inner => [inner], new Person('Ann'))
    let found = sent(deep)
    while (Array.isArray(found)) found = found[0]
    expect((found as Person).upper).toBe('ANN')
    const many = [...Array.from({ length: 30_000 }, () => ({})), new Person('Bob')]
    expect((sent(many).at(-1) as Person).upper).toBe('BOB')
  })

  it('is found beside references, and contains them', () => {
    const stays = new Date(5)
    const given = [Object.assign(new Person('Ann'), { stays }), { stays }]
    const { data, references } = structuredClone(
      refer(
        given,
        one => (one === stays ? 'the date' : undefined),
        one => one === stays
      )
    ) as { data: unknown; references: never }
    expect(referencesIn(references)).toEqual(['the date'])
    const [ann, plain] = dereference({ data, references }, () => stays) as typeof given
    expect((ann as Person).upper).toBe('ANN')
    expect([ann?.stays, plain?.stays]).toEqual([stays, stays])
  })

  it('is found in a thrown value', () => {
    const error = Object.assign(new Error('x'), { of: new Person('Ann') })
    const arrived = decodeThrown(structuredClone(encodeThrown(error))) as typeof error
    expect(arrived.of.upper).toBe('ANN')
    expect(
      (decodeThrown(structuredClone(encodeThrown({ of: new Person('Bob') }))) as typeof error).of.upper
    ).toBe('BOB')
  })

  it('is data if nothing is registered, as before', () => {
    class Other {
      n = 1
    }
    expect(refer([new Other(), { plain: true }], nothing)).toBeUndefined()
    expect(Object.getPrototypeOf(sent(new Other()))).toBe(Object.prototype)
  })

  it('arrives as a plain object under a name that is unknown here, with one warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue()
    onTestFinished(() => warn.mockRestore())
    const { data, references } = structuredClone(refer([new Person('Ann')], nothing)) as never as {
      data: unknown
      references: [[number, string]]
    }
    for (const place of references) if ((place as unknown[])[2] === 'class') place[1] = 'Stranger'
    const arrive = () =>
      dereference({ data: structuredClone(data), references: references as never }, nothing)
    expect([arrive(), arrive()]).toEqual([[{ first: 'Ann' }], [{ first: 'Ann' }]])
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^an instance of Stranger was received as a plain object/)
    ])
  })

  test.each([[[7, 'Person', 'class', false]], [[0, 7, 'class', false]], [[-1, 'Person', 'class', false]]])(
    'whose place is not in the data (%j) is refused',
    place => {
      expect(() => dereference({ data: {}, references: [place] as never }, nothing)).toThrow(TypeError)
    }
  )
})

describe('registerClass', () => {
  class Disposed {
    [Symbol.dispose]() {}
  }
  test.each<[string, unknown[]]>([
    ['no class', [{}]],
    ['a function that makes nothing', [() => 1]],
    ['a class of errors', [class Failure extends Error {}]],
    ['a class that can be disposed of', [Disposed]],
    ['a class of a built-in kind', [class Rows extends Array {}]],
    ['a class without a name', [class {}, '']],
    ['a name that is none', [Person, 7]]
  ])('refuses %s', (_, args) => {
    expect(() => registerClass(...(args as [never]))).toThrow(InvalidArgumentError)
    expect(() => registerClass(...(args as [never]))).toThrow(/^registerClass\(\): /)
  })

  it('refuses another class of a known name, and accepts the same class again', () => {
    const again = () => class Again {}
    registerClass(again())
    registerClass(again())
    const other = class Again {
      other = true
    }
    expect(() => registerClass(other)).toThrow(/another class was registered as 'Again'/)
    registerClass(other, 'other/Again')
    expect(sent(new other())).toBeInstanceOf(other)
  })
})
