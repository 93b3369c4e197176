// Compiled by `typecheck`, never run: valid code must compile, and invalid code is marked.
import {
  type BlockingStream,
  type Call,
  type CannotCross,
  type Cloned,
  inline,
  type Remote,
  type RemoteSync,
  type StreamCall
} from '@bridge/core'
import { type Forms, is, type Module, type Page } from './types-common.js'

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

export async function instancesThatCanBeIteratedStream(tasks: Remote<Module>, blocking: RemoteSync<Module>) {
  is<ReturnType<typeof tasks.tree>, StreamCall<string, unknown, undefined>>(true)
  is<ReturnType<typeof tasks.shelf>, StreamCall<string, unknown, undefined>>(true)
  is<ReturnType<typeof blocking.tree>, BlockingStream<string, unknown, undefined>>(true)
  for await (const name of tasks.tree()) name.trim()
  for (const name of blocking.tree()) name.trim()
  // Its copy is not iterable.
  is<ReturnType<typeof tasks.page>, Call<Cloned<Page>>>(true)
  is<ReturnType<typeof blocking.page>, Cloned<Page>>(true)
  // An Iterable may be an array; whichever it is can be iterated.
  is<ReturnType<typeof tasks.iterable>, Call<Iterable<number>>>(true)
  for (const n of await tasks.iterable()) n.toFixed()
  // @ts-expect-error: it may be no stream
  for await (const n of tasks.iterable()) n.toFixed()
}

export function collectionsAndPlatformObjectsAreValues(tasks: Remote<Module>) {
  is<ReturnType<typeof tasks.map>, Call<Map<string, number>>>(true)
  is<ReturnType<typeof tasks.set>, Call<ReadonlySet<number>>>(true)
  is<ReturnType<typeof tasks.list>, Call<readonly number[]>>(true)
  is<ReturnType<typeof tasks.bytes>, Call<Uint8Array>>(true)
  is<ReturnType<typeof tasks.headers>, Call<Headers>>(true)
  is<ReturnType<typeof tasks.form>, Call<CannotCross<FormData>>>(true)
  is<ReturnType<typeof tasks.params>, Call<URLSearchParams>>(true)
  is<ReturnType<typeof tasks.text>, Call<string>>(true)
}

export function importSyncGivesPlainFunctions(tasks: RemoteSync<Module>) {
  is<ReturnType<typeof tasks.hash>, string>(true)
  is<ReturnType<typeof tasks.fetchUser>, { name: string }>(true)
  is<ReturnType<typeof tasks.primes>, BlockingStream<number, string, boolean>>(true)
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

export async function remoteObjectsOfAnyClassMayBePassed(tasks: Remote<Forms>, blocking: RemoteSync<Forms>) {
  const point = new tasks.Point(1, 2)
  const token = await tasks.Token.issue()
  tasks.norm(point)
  tasks.norm({ x: 1, y: 2 })
  tasks.all([point], { point })
  tasks.check(token)
  tasks.use(new tasks.Model())
  blocking.norm(new blocking.Point(1, 2))
  blocking.check(blocking.Token.issue())
  blocking.use(new blocking.Model())
  // @ts-expect-error: there is a part missing
  tasks.norm({ x: 1 })
}

export function overloadsCrossInTheirOrder(
  tasks: Remote<Forms>,
  blocking: RemoteSync<Forms>,
  value: unknown
) {
  const first: Call<number> = tasks.many('x')
  const second: Call<string> = tasks.many(1, true)
  const third: Call<Date> = tasks.many(new Date())
  const plain: [number, string, Date] = [
    blocking.many('x'),
    blocking.many(1, true),
    blocking.many(new Date())
  ]
  is<ReturnType<typeof tasks.many>, Call<Date>>(true)
  // @ts-expect-error: there is no such way of calling it
  tasks.many(1)
  return [first, second, third, plain, value]
}

export function whatStaysOfAFunctionIsKept(blocking: RemoteSync<Forms>, value: unknown): string | undefined {
  const first: number | undefined = blocking.first([1, 2])
  // An assertion would have to be declared: TypeScript does not allow it on imported values.
  blocking.assertText(value)
  blocking.bound(1)
  // @ts-expect-error: properties stay behind
  blocking.versioned.version
  first?.toFixed()
  return blocking.isText(value) ? value.trim() : undefined
}
