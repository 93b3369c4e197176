// Compiled by `typecheck`, never run: valid code must compile, and invalid code is marked.
import {
  bridge,
  type Call,
  type ClosureCall,
  type ClosureStreamCall,
  type Future,
  type Stream,
  type StreamCall
} from '@bridge/core'
import { is, type Module, type Same } from './types-common.js'

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
