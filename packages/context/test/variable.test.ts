import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { bindContext, createContext } from '@bridge/context'
import { InvalidArgumentError } from '@bridge/core'
import { describe, expect, test } from 'vitest'

describe('a context', () => {
  test('is undefined if nothing is set', () => {
    expect(createContext<string>('unset').get()).toBeUndefined()
  })

  test('has its initial value if nothing is set', () => {
    expect(createContext('locale', { initial: 'en' }).get()).toBe('en')
  })

  test('is set while its function runs, also after every await, and not afterwards', async () => {
    const user = createContext<string>('user')
    const seen = await user.run('ada', async () => {
      const before = user.get()
      await turn()
      return [before, user.get()]
    })
    expect(seen).toEqual(['ada', 'ada'])
    expect(user.get()).toBeUndefined()
  })

  test('nests, and the inner value ends with its function', () => {
    const depth = createContext<number>('depth')
    const seen = depth.run(1, () => [depth.run(2, () => depth.get()), depth.get()])
    expect(seen).toEqual([2, 1])
  })

  test('does not change other contexts', () => {
    const a = createContext<string>('a')
    const b = createContext<string>('b')
    expect(a.run('1', () => b.run('2', () => [a.get(), b.get()]))).toEqual(['1', '2'])
  })

  test('returns what its function returns, and throws what it throws', () => {
    const any = createContext<number>('any')
    expect(any.run(1, () => 'result')).toBe('result')
    expect(() =>
      any.run(1, () => {
        throw new RangeError('mine')
      })
    ).toThrow(new RangeError('mine'))
  })

  test('can be set to undefined, which hides the outer value', () => {
    const maybe = createContext<string | undefined>('maybe', { initial: 'initial' })
    expect(maybe.run('outer', () => maybe.run(undefined, () => maybe.get()))).toBeUndefined()
  })

  test('keeps five hundred concurrent functions separate', async () => {
    const id = createContext<number>('concurrent')
    const seen = await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        id.run(n, async () => {
          await turn()
          return id.get()
        })
      )
    )
    expect(seen).toEqual(Array.from({ length: 500 }, (_, n) => n))
  })
})

describe('createContext', () => {
  test('returns the same context for the same name and options', () => {
    expect(createContext('twice', { initial: 1 })).toBe(createContext('twice', { initial: 1 }))
  })

  test('rejects a name of a context with other options, and says which differ', () => {
    createContext('taken', { local: true })
    expect(() => createContext('taken')).toThrow(InvalidArgumentError)
    expect(() => createContext('taken')).toThrow(/'taken'.*'local'/)
  })

  test.each([
    ['an empty name', () => createContext('')],
    ['the name under which a snapshot keeps what is carried', () => createContext('@bridge/context/carried')],
    ['a name that is no string', () => createContext(7 as never)],
    ['an unknown option', () => createContext('unknown', { defaultValue: 1 } as never)],
    ['a null for options', () => createContext('null', null as never)],
    ['an encode that is no function', () => createContext('encode', { encode: 'json' } as never)],
    ['a local that is no boolean', () => createContext('local', { local: 1 } as never)],
    ['to run what is no function', () => createContext('run').run(1, 'fn' as never)]
  ])('refuses %s', (_, create) => {
    expect(create).toThrow(InvalidArgumentError)
  })
})

describe('bindContext', () => {
  test('binds a function to the current contexts, and keeps its arguments and its this', () => {
    const user = createContext<string>('bound')
    const bound = user.run('ada', () =>
      bindContext(function (this: unknown, greeting: string) {
        return [this, greeting, user.get()]
      })
    )
    const receiver = {}
    expect(user.run('someone else', () => bound.call(receiver, 'hello'))).toEqual([receiver, 'hello', 'ada'])
  })

  test('also binds the absence of a value', () => {
    const user = createContext<string>('absent')
    const bound = bindContext(() => user.get())
    expect(user.run('someone else', bound)).toBeUndefined()
  })

  test('does not change other storages', () => {
    const other = new AsyncLocalStorage<string>()
    const bound = other.run('outer', () => bindContext(() => other.getStore()))
    expect(other.run('inner', bound)).toBe('inner')
  })

  test('throws for something that is not a function', () => {
    expect(() => bindContext(undefined as never)).toThrow(InvalidArgumentError)
  })
})
