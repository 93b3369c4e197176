// Compiled by `typecheck`, never run: valid code must compile, and invalid code is marked.
import {
  bridge,
  bridged,
  type Call,
  type ClosureCall,
  callAny,
  callMap,
  inline,
  parallelMap,
  resource
} from '@bridge/core'
import { is } from './types-common.js'

export function theOtherFormsOfBridge() {
  class Users {
    readonly size = 1
    count() {
      return this.size
    }
    async find(id: number) {
      return { id }
    }
    *all(): Generator<number> {
      yield this.size
    }
  }
  const view = bridge(new Users())
  is<ReturnType<typeof view.count>, Call<number>>(true)
  is<ReturnType<typeof view.find>, ClosureCall<{ id: number }>>(true)
  const size: number = view.size
  for (const n of view.all()) n.toFixed()
  // @ts-expect-error: an async method needs this thread
  view.find(1).runSync()
  const { hash } = bridge(import.meta.url, { hash: async (text: string) => text.length })
  // It can run on another executor, so it may be blocked on.
  const length: number = hash('x').with({ executor: inline }).runSync()
  return [size, length]
}

export class Decorated {
  @bridged({ timeout: 1 })
  async load(id: number) {
    return id
  }

  @bridged({ timeout: 1 })
  call(id: number) {
    return bridge((n: number) => n)(id)
  }

  @bridged({ timeout: 1 })
  static async make() {}

  // @ts-expect-error: there is nothing to bound in a synchronous method
  @bridged({ timeout: 1 })
  plain() {
    return 1
  }
}

export async function groupsAndResources() {
  const inputs = [1, 2]
  is<Awaited<ReturnType<typeof parallelMap<number, Promise<string>>>>, string[]>(true)
  const all = parallelMap(inputs, async n => String(n))
  is<typeof all, Call<string[]>>(true)
  const settled = parallelMap(inputs, n => n, { settle: true })
  is<typeof settled, Call<PromiseSettledResult<number>[]>>(true)
  const both = await callMap([async (n: number) => n, (n: number) => String(n)], 1)
  const [first, second]: [number, string] = both
  const one: number = await callAny((n: number) => n, [1])
  // @ts-expect-error: text is no number
  callAny((n: number) => n, ['x'])
  // @ts-expect-error: a mapper takes what the inputs give
  parallelMap(inputs, (text: string) => text)
  const held = resource(function* (name: string) {
    yield { name }
  })('x')
  const name: string = held.value.name
  held[Symbol.dispose]()
  const later = await resource(async function* () {
    yield 1
  })()
  const value: number = later.value
  await later[Symbol.asyncDispose]()
  // @ts-expect-error: a resource is a generator function
  resource(() => 1)
  return [first, second, one, name, value]
}
