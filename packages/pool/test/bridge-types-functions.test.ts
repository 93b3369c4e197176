import { describe, expect, it } from 'vitest'
import { languageService, SAME, textOf, userProject } from './bridge-types-helpers.js'

const TASKS = `
import type { Stats } from 'node:fs'
import * as streams from 'node:stream'
import type { Callback, RemoteObject } from '@bridge/pool'

export interface User { id: number; name: string }
interface Hidden { hidden: true }
export type Later<T> = Promise<T>

/**
 * Finds a user.
 *
 * @param id its number
 */
export async function fetchUser(id: number): Promise<User> { return { id, name: 'x' } }
export async function inferred(id = 1, label?: string) { return { id, label, at: new Date() } }
export async function same<T extends User = User, K extends keyof T = keyof T>(value: T, key: K): Promise<T[K]> { return value[key] }
export const arrow = async <const T extends readonly unknown[]>(...items: T) => items

/** By a number. */
export function find(key: number): Promise<1>
/** By a text. */
export function find(key: string): Promise<2>
export function find(key: boolean): Promise<3>
export function find(key: bigint): Promise<4>
export function find(key: symbol): Promise<5>
export function find<T extends object>(key: T): Promise<T>
export async function find(_: unknown): Promise<unknown> { return _ }

export function* count(to: number): Generator<number, string, boolean> { yield to; return '' }
export function* bare(): Generator<number> { yield 1 }
export async function* lines<T>(of: T) { yield of }
export function items(): AsyncIterable<number> { return lines(1) }
export function iterator(): IterableIterator<number> { return [1].values() }
export function plainIterable(): Iterable<number> { return [1] }
export function readable(): streams.Readable { throw new Error() }

export function isText(value: unknown): value is string { return typeof value === 'string' }
export function mustBeText(value: unknown): asserts value is string { if (!isText(value)) throw new Error() }
export async function never(): Promise<never> { throw new Error() }
export async function nothing() {}
export function anything(): any { return 1 }
export function either(is: boolean): Promise<number> | string { return is ? Promise.resolve(1) : '' }
export function later<T>(value: T): Later<T> { return Promise.resolve(value) }
export function conditional<T>(_: T): T extends string ? Promise<number> : boolean { throw new Error() }
export function hidden(): Promise<Hidden> { throw new Error() }
export function stats(): Promise<Stats> { throw new Error() }
export function remote(): Promise<RemoteObject<Map<string, number>>> { throw new Error() }
export function destructured({ id, name: called = 'x' }: User, [first]: [number?] = [], { deep: { er } = { er: 1 } } = {}, ...rest: string[]) { return [id, called, first, er, rest.length] }
export function plainly({ id, name }: User = { id: 1, name: '' }) { return id + name }
export function withThis(this: Date, n: number): number { return n }
export function called(by: Callback<(n: number) => Promise<string>>): Promise<string> { return Promise.resolve(by(1).runSync()) }
export const named: (user: User) => Promise<number> = async () => 1
type Handler = { (n: number): Promise<string>; (s: string): Promise<number> }
export const handler: Handler = (() => {}) as never
type Generic<T> = (value: T) => Promise<T>
export const generic: Generic<User> = async value => value
export const alias = fetchUser
export function iteratorOf(): Iterator<number, string, boolean> { return [1].values() as never }
export { readFile } from 'node:fs/promises'
export { join } from 'node:path'
export function buffer(): Promise<Buffer> { throw new Error() }
`

const USER = `
import type { Stats } from 'node:fs'
import type { BlockingObject, BlockingStream, Call, ClonedSync, RemoteObject, RemoteSync, StreamCall } from '@bridge/pool'
import * as t from './tasks.sync.js'
import type * as tasks from './tasks.js'
${SAME}
is<t.User>()(t.fetchUser(1))
is<Call<t.User>>()(t.fetchUser.async(1))
is<number>()(t.inferred().id)
is<string | undefined>()(t.inferred(1, 'x').label)
is<Call<{ id: number; label: string | undefined; at: Date }>>()(t.inferred.async())
declare const admin: t.User & { admin: boolean }
is<boolean>()(t.same(admin, 'admin'))
is<Call<boolean>>()(t.same.async(admin, 'admin'))
// @ts-expect-error: its bound
t.same({ id: 1 }, 'id')
is<readonly ['a', 1]>()(t.arrow('a', 1))
is<Call<readonly ['a']>>()(t.arrow.async('a'))
is<1>()(t.find(1)); is<2>()(t.find('')); is<3>()(t.find(true)); is<4>()(t.find(1n)); is<5>()(t.find(Symbol()))
is<{ a: number }>()(t.find({ a: 1 }))
is<Call<1>>()(t.find.async(1)); is<Call<{ a: number }>>()(t.find.async({ a: 1 }))
// @ts-expect-error: none of them
t.find(undefined)
is<BlockingStream<number, string, boolean>>()(t.count(1))
is<StreamCall<number, string, boolean>>()(t.count.async(1))
is<BlockingStream<'a', void, unknown>>()(t.lines('a' as const))
is<StreamCall<string, void, unknown>>()(t.lines.async<string>('a'))
is<BlockingStream<number, unknown, undefined>>()(t.items())
is<Iterable<number>>()(t.plainIterable())
for (const n of t.count(3)) is<number>()(n)
const maybe: unknown = 1
if (t.isText(maybe)) is<string>()(maybe)
is<Call<boolean>>()(t.isText.async(maybe))
const must: unknown = 1
t.mustBeText(must)
is<string>()(must)
is<Call<void>>()(t.nothing.async())
is<any>()(t.anything()); is<Call<any>>()(t.anything.async())
is<string | number>()(t.either(true)); is<Call<string | number>>()(t.either.async(true))
is<number>()(t.later(1)); is<Call<number>>()(t.later.async(1))
is<number>()(t.conditional('')); is<boolean>()(t.conditional(1))
is<true>()(t.hidden().hidden)
is<ClonedSync<Stats>>()(t.stats())
is<BlockingObject<Map<string, number>>>()(t.remote()); is<Call<RemoteObject<Map<string, number>>>>()(t.remote.async())
is<(string | number | undefined)[]>()(t.destructured({ id: 1, name: '' }, [], {}, 'a', 'b'))
is<string>()(t.plainly())
is<number>()(t.withThis(1))
is<string>()(t.called(async n => String(n)))
is<number>()(t.named({ id: 1, name: '' })); is<Call<number>>()(t.named.async({ id: 1, name: '' }))
is<string>()(t.handler(1)); is<Call<number>>()(t.handler.async(''))
is<t.User>()(t.generic({ id: 1, name: '' })); is<Call<t.User>>()(t.generic.async({ id: 1, name: '' }))
is<t.User>()(t.alias(1))
is<string>()(t.readFile('x', 'utf8')); is<Buffer>()(t.readFile('x')); is<Call<Buffer>>()(t.readFile.async('x')); is<string>()(t.join('a', 'b'))
is<Buffer>()(t.buffer())
export type NeverEnds = ReturnType<typeof t.never>
const ends: NeverEnds extends never ? true : false = true
export const kept = ends

// What core's own types give for the same functions.
type Core = RemoteSync<typeof tasks>
type Named = 'fetchUser' | 'inferred' | 'count' | 'bare' | 'items' | 'iterator' | 'iteratorOf' | 'plainIterable' | 'readable' | 'nothing' | 'either' | 'hidden' | 'stats' | 'remote' | 'plainly' | 'withThis' | 'named' | 'buffer' | 'anything'
type Differing = { [K in Named]: Same<ReturnType<Core[K]>, ReturnType<(typeof t)[K]>> extends true ? never : K }[Named]
export const differing: [Differing] extends [never] ? true : Differing = true
`

const project = userProject({ 'tasks.ts': TASKS, 'user.ts': USER })
const { text } = project.generate()

describe('the functions of a module of tasks, generated,', () => {
  it('have results, generics with bounds and defaults, overloads, guards and assertions, in both forms', () => {
    expect(project.complaints(['user.ts'])).toEqual([])
  })

  it('use helper types only if the type of the result does not show whether it is a promise', () => {
    expect(text).toMatch(/<T>\(value: T\): BlockingResult<Later<T>>/)
    expect(text.match(/BlockingResult</g)?.length).toBeLessThan(9)
  })

  it('keep the names of the parameters, also those of destructured objects', () => {
    expect(text).toContain('({ id, name }?: User)')
    expect(text).toContain('(...items: T)')
    expect(text).not.toContain('called =')
  })

  it('copy a type that the module does not export, and re-export those that it exports', () => {
    expect(text).toContain('interface Hidden')
    expect(text).not.toContain('export interface Hidden')
    expect(text).toContain('export type { Later, User } from "./tasks.js"')
  })

  it('keep their documentation, for each way of calling them', () => {
    project.files({
      'shown.ts':
        "import { fetchUser, find } from './tasks.sync.js'\nfetchUser(1)\nfind(1)\nfind('')\nfetchUser.async(1)\nexport { fetchUser as again }\n"
    })
    const editor = languageService(project, 'shown.ts')
    expect(editor.documentation('import { fetch')).toContain('Finds a user.')
    expect(editor.documentation('\nfetch')).toContain('Finds a user.')
    expect(editor.tags('\nfetch').join()).toContain('param id its number')
    expect(editor.documentation('\nfind(1)\nfi')).toBe('By a text.')
    expect(editor.help('\nfind(').slice(0, 2)).toEqual(['By a number.', 'By a text.'])
    expect(editor.help('fetchUser.async(')).toEqual(['Finds a user.'])
  })

  it('return the calls of core with --async', () => {
    const { text: calls } = project.generate('tasks.ts', '--async')
    expect(calls).toContain('loop.import(new URL("./tasks.js", import.meta.url))')
    expect(calls).not.toContain('readonly async')
    project.files({
      'calls.ts': `
        import type { Call, Remote, StreamCall } from '@bridge/pool'
        import * as t from './tasks.async.js'
        import type * as tasks from './tasks.js'
        ${SAME}
        is<Call<t.User>>()(t.fetchUser(1))
        is<StreamCall<number, string, boolean>>()(t.count(1))
        is<Call<boolean>>()(t.isText(1))
        is<Call<{ a: number }>>()(t.find({ a: 1 }))
        type Core = Remote<typeof tasks>
        type Named = 'fetchUser' | 'inferred' | 'count' | 'bare' | 'items' | 'iterator' | 'iteratorOf' | 'plainIterable' | 'readable' | 'nothing' | 'either' | 'hidden' | 'stats' | 'remote' | 'plainly' | 'withThis' | 'named' | 'buffer' | 'anything'
        type Differing = { [K in Named]: Same<ReturnType<Core[K]>, ReturnType<(typeof t)[K]>> extends true ? never : K }[Named]
        export const differing: [Differing] extends [never] ? true : Differing = true
      `
    })
    expect(project.complaints(['calls.ts'])).toEqual([])
  })

  it('are the same bytes each time, with LF line endings', () => {
    expect(textOf(project, 'tasks.sync.ts')).toBe(text)
    expect(project.generate().text).toBe(text)
    expect(text).not.toContain('\r')
    expect(text.endsWith('\n')).toBe(true)
  })
})
