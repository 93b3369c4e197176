// Compiled by `typecheck`, never run: what must compile does, and what must not is marked.
import {
  bridge,
  bridged,
  type Call,
  type ClosureCall,
  type ClosureStreamCall,
  callAny,
  callMap,
  type Future,
  inline,
  parallelMap,
  type Remote,
  type RemoteSync,
  resource,
  type Stream,
  type StreamCall
} from '@bridge/core'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is = <A, B>(same: Same<A, B>) => same

/** The module a user would import. */
interface Module {
  hash(text: string, rounds?: number): string
  fetchUser(id: number): Promise<{ name: string }>
  sum(...numbers: number[]): number
  primes(limit: number): Generator<number, string, boolean>
  later(): AsyncGenerator<number, void, unknown>
  // biome-ignore lint/suspicious/noExplicitAny: a result that is typed so is what is tested
  anything(): any
  fails(): never
  flag(): boolean
  cached(): number | Promise<number>
  constant: number
  Database: new (file: string) => { query(sql: string): string[] }
}

export function genericsAreKept() {
  const first = bridge(<T>(items: T[]): T | undefined => items[0])
  is<ReturnType<typeof first<string>>, Call<string | undefined>>(true)
  const pair = bridge(async <A, B>(a: A, b: B): Promise<[A, B]> => [a, b])
  is<Awaited<ReturnType<typeof pair<1, 'x'>>>, [1, 'x']>(true)
}

export function parametersAreKept() {
  const hash = bridge((_text: string, _rounds = 1) => 'x')
  const parameters: Parameters<typeof hash>[] = [['x'], ['x', 2]]
  hash('x')
  hash('x', 2)
  // @ts-expect-error: a number is no text
  hash(1)
  // @ts-expect-error: one argument is missing
  hash()
  // @ts-expect-error: one argument is too many
  hash('x', 2, 3)
  const sum = bridge((...numbers: number[]) => numbers.length)
  sum()
  sum(1, 2, 3)
  // @ts-expect-error: text is no number
  sum(1, 'x')
  return parameters
}

export async function aValueNeedsAwait() {
  const add = bridge((a: number, b: number) => a + b)
  const awaited: number = await add(1, 2)
  const blocking: number = add(1, 2).runSync()
  const future: Future<number> = add(1, 2).start()
  const waited: number = future.waitSync(10)
  const bounded: number = await add(1, 2).with({ timeout: 10 }).with({ signal: undefined })
  const promise: Promise<number> = add(1, 2)
  // @ts-expect-error: a call is not its value
  const missing: number = add(1, 2)
  // @ts-expect-error: nor is a call an operand
  const sum = add(1, 2) + 1
  // @ts-expect-error: a call's value has to be awaited before it is used
  add(1, 2).toFixed()
  // @ts-expect-error: a call is not an argument of another
  add(add(1, 2), 3)
  // @ts-expect-error: there is no such option
  add(1, 2).with({ timeOut: 10 })
  return [awaited, blocking, waited, bounded, promise, missing, sum]
}

export async function aLocalAsyncFunctionCanNotBlock() {
  const load = bridge(async (id: number) => ({ id }))
  is<ReturnType<typeof load>, ClosureCall<{ id: number }>>(true)
  const { id }: { id: number } = await load(1)
  const future: Future<{ id: number }> = load(1).start()
  // @ts-expect-error: this thread is the one it needs
  load(1).runSync()
  // @ts-expect-error: also with options
  load(1).with({ timeout: 1 }).runSync()
  return [id, future]
}

export async function aLocalAsyncGeneratorCanNotBlock() {
  const later = bridge(async function* (limit: number): AsyncGenerator<number, string, boolean> {
    yield limit
    return 'done'
  })
  is<ReturnType<typeof later>, ClosureStreamCall<number, string, boolean>>(true)
  for await (const n of later(1)) n.toFixed()
  for await (const n of await later(1)) n.toFixed()
  // @ts-expect-error: a blocking for would stop the code it waits for
  for (const n of later(1)) n.toFixed()
  // @ts-expect-error: and so would its stream
  for (const n of await later(1)) n.toFixed()
  // @ts-expect-error: it can't be blocked on either
  later(1).runSync()
}

export async function aLocalGeneratorCanBoth() {
  const items = bridge(function* (limit: number): Generator<number, string, boolean> {
    yield limit
    return 'done'
  })
  is<ReturnType<typeof items>, StreamCall<number, string, boolean>>(true)
  for await (const n of items(1)) n.toFixed()
  for (const n of items(1)) n.toFixed()
  const stream: Stream<number, string, boolean> = await items(1)
  const result: IteratorResult<number, string> = stream[Symbol.iterator]().next(true)
  // @ts-expect-error: an item is a number
  for (const n of items(1)) n.trim()
  return result
}

export function resultsStayWhatTheyAre(module: Module) {
  const anything = bridge(module.anything)
  is<Same<ReturnType<typeof anything>, Call<ReturnType<Module['anything']>>>, true>(true)
  const fails = bridge(module.fails)
  is<ReturnType<typeof fails>, Call<never>>(true)
  const flag = bridge(module.flag)
  is<ReturnType<typeof flag>, Call<boolean>>(true)
  const cached = bridge(module.cached)
  is<Awaited<ReturnType<typeof cached>>, number>(true)
  // @ts-expect-error: it may be a promise, which needs this thread
  cached().runSync()
  const collection = bridge(() => new Map<string, number>())
  is<ReturnType<typeof collection>, Call<Map<string, number>>>(true)
  const list = bridge(() => [1, 2])
  is<ReturnType<typeof list>, Call<number[]>>(true)
}

export async function anExecutorsModuleGivesCalls(tasks: Remote<Module>) {
  is<ReturnType<typeof tasks.hash>, Call<string>>(true)
  is<ReturnType<typeof tasks.fetchUser>, Call<{ name: string }>>(true)
  is<ReturnType<typeof tasks.primes>, StreamCall<number, string, boolean>>(true)
  is<ReturnType<typeof tasks.later>, StreamCall<number, void, unknown>>(true)
  is<ReturnType<typeof tasks.fails>, Call<never>>(true)
  is<ReturnType<typeof tasks.flag>, Call<boolean>>(true)
  is<ReturnType<typeof tasks.cached>, Call<number>>(true)
  const user: { name: string } = tasks.fetchUser(1).runSync()
  for (const n of tasks.later()) n.toFixed()
  tasks.hash('x')
  tasks.hash('x', 1)
  tasks.sum(1, 2, 3)
  // @ts-expect-error: a number is no text
  tasks.hash(1)
  // @ts-expect-error: the value has to be awaited
  tasks.fetchUser(1).name
  // @ts-expect-error: a constant is not a function
  tasks.constant()
  // @ts-expect-error: the module has no such export
  tasks.missing()
  // @ts-expect-error: exports can't be replaced
  tasks.hash = tasks.sum
  return user
}

export function importSyncGivesPlainFunctions(tasks: RemoteSync<Module>) {
  is<ReturnType<typeof tasks.hash>, string>(true)
  is<ReturnType<typeof tasks.fetchUser>, { name: string }>(true)
  is<ReturnType<typeof tasks.primes>, Stream<number, string, boolean>>(true)
  is<ReturnType<typeof tasks.flag>, boolean>(true)
  is<ReturnType<typeof tasks.cached>, number>(true)
  is<ReturnType<typeof tasks.fails>, never>(true)
  for (const n of tasks.later()) n.toFixed()
  const { name } = tasks.fetchUser(1)
  // @ts-expect-error: what it gives is a value, not a call
  tasks.hash('x').runSync()
  return name
}

export function importTakesAModulesType() {
  const tasks = inline.import<typeof import('../src/testing/tasks.js')>(new URL('file:///tasks.js'))
  is<ReturnType<typeof tasks.sum>, Call<number>>(true)
  // @ts-expect-error: an array is no URL
  inline.import(['file:///tasks.js'])
}

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
  // It can run elsewhere, so it may be blocked on.
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
