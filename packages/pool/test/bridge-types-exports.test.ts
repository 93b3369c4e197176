import { describe, expect, it } from 'vitest'
import { SAME, userProject } from './bridge-types-helpers.js'

const VALUES = `
export const OPTIONS: { depth: number } = { depth: 1 }
export enum Color { Red, Blue = 'b' }
export const key: unique symbol = Symbol()
export class QuotaError extends Error { limit = 1 }
export class OwnError extends QuotaError {}
export default /x/
`
const MORE = `
import type { Database } from './tasks.js'
export interface Page { rows: Row[] }
export interface Row { of: 'more' }
interface Secret { secret: 1 }
export async function page(of: number) { return { rows: [] } as Page }
export async function secret(): Promise<Secret> { return { secret: 1 } }
export function held(): Promise<Held> { throw new Error() }
export interface Held { database: Database }
export * from './deep.js'
`

describe('what else a module of tasks exports', () => {
  const project = userProject({
    'values.ts': VALUES,
    'more.ts': MORE,
    'deep.ts':
      'export function deep(): Promise<Deep> { throw new Error() }\nexport type Deep = { deep: 1 }\n',
    'types.ts':
      'export class Own { own = 1 }\nexport interface T1 { one: 1 }\nexport default interface Main { main: 1 }\n',
    'tasks.ts': `
      import type Main from './types.js'
      import type * as types from './types.js'
      import { type T1 as Renamed, Own } from './types.js'
      export { OPTIONS, Color as Colour, key, QuotaError, OwnError as Other, default as pattern } from './values.js'
      export * from './more.js'
      export type * from './types.js'
      /** How many. */
      export const LIMIT = 5
      export const NAME = 'x' as const, FLAG = true, BIG = 10n, LOW: -1 = -1, NOTHING: undefined = undefined
      export type Row = { of: 'tasks' }
      export type { Renamed }
      export async function row(): Promise<Row> { return { of: 'tasks' } }
      export async function named(of: Renamed, main: Main, all: types.T1): Promise<[types.Own, typeof LIMIT]> { return [new Own(), LIMIT] }
      export class Database { query() { return Promise.resolve(1) } }
      export { Database as Db, row as again }
      function remove() { return 'removed' }
      export { remove as delete, remove as 'not a name' }
      export default async function main(depth = 1) { return depth }
      export interface loop { mine: true }
      export interface Call { mine: 1 }
      export async function call<Call>(of: Call): Promise<Call> { return of }
      export function tasks(of: loop): loop { return of }
      export const URL = async () => 1
      export interface Both { both: 1 }
      export function Both(of: Both): Both { return of }
      declare global { interface Globally { added: 1 } }
      export function globally(): Promise<Globally> { throw new Error() }
      export type Any = any
    `,
    'user.ts': `
      import { type Call, BridgeError } from '@bridge/pool'
      import main, * as t from './tasks.sync.js'
      import type { Both, Colour, Database, Db, Deep, loop, Page, Renamed, Row } from './tasks.sync.js'
      ${SAME}
      is<number>()(main()); is<Call<number>>()(main.async(2))
      isConst<5>()(t.LIMIT); isConst<'x'>()(t.NAME); isConst<true>()(t.FLAG); isConst<10n>()(t.BIG); isConst<-1>()(t.LOW); is<undefined>()(t.NOTHING)
      is<{ depth: number }>()(t.OPTIONS); is<RegExp>()(t.pattern)
      export const colour: Colour = t.Colour.Red
      export const keyed: { [t.key]: 1 } = { [t.key]: 1 }
      is<{ of: 'tasks' }>()(t.row()); is<Row>()(t.again())
      is<Page>()(t.page(1)); is<{ of: 'more' } | undefined>()(t.page(1).rows[0])
      is<Deep>()(t.deep()); is<1>()(t.secret().secret)
      is<number>()(t.held().database.query())
      is<string>()(t.delete()); is<string>()(t['not a name']())
      export const same: Database = new t.Db()
      export const again: Db = new t.Database()
      is<Call<1>>()(t.call.async(1 as const)); is<number>()(t.call(1))
      is<loop>()(t.tasks({ mine: true })); is<number>()(t.URL()); is<Both>()(t.Both({ both: 1 })); is<1>()(t.globally().added)
      is<5>()(t.named({ one: 1 }, { main: 1 }, { one: 1 })[1])
      export const renamed: Renamed = { one: 1 }
      try { t.row() } catch (error) { if (error instanceof t.QuotaError) is<number>()(error.limit) }
      void BridgeError
    `
  })
  const { text } = project.generate()

  it('is exported under its name: literals, values of other modules, types, defaults, other names, export *', () => {
    // An enum, which no module of tasks is asked to have.
    expect(project.complaints(['user.ts'], { erasableSyntaxOnly: false })).toEqual([])
  })

  it('is registered under the name of the class if it is an error class', () => {
    expect(text).toMatch(/registerErrors\(\{ (OwnError, QuotaError|QuotaError, OwnError) \}\)/)
    expect(text).toContain('export { OwnError as Other }')
  })

  it('has names that differ from what the output imports itself', () => {
    expect(text).toContain('new globalThis.URL(')
    expect(text).toMatch(/import \{ .*type Call as Call_1.* \} from "@bridge\/pool"/)
    expect(text).toMatch(/const tasks_1 = loop/)
  })

  it('never loads the module of tasks: of it only types are imported', () => {
    const imports = [...text.matchAll(/^(?:import|export) (?!type)[^;]* from "(.*)";$/gm)].map(
      ([, module]) => module
    )
    expect(new Set(imports)).toEqual(new Set(['@bridge/pool', './values.js']))
  })
})

describe('an export that its users would have to load', () => {
  const refused: [string, string, RegExp][] = [
    [
      'a constant',
      'export const cache = new Map<string, number>()',
      /constant cache .*module of its own.*export \{ cache \} from/s
    ],
    [
      'an object of functions',
      'export const api = { find() { return 1 } }',
      /constant api .*functions inside of an object have to be exported by themselves/s
    ],
    ['a variable', 'export let counter = 1', /variable counter .*Export a function that returns it/s],
    [
      'an error class',
      'export class QuotaError extends Error {}',
      /error class QuotaError .*`instanceof`.*export \{ QuotaError \} from/s
    ],
    [
      'a class of a base that is an error',
      'class A extends TypeError {}\nexport class B extends A {}',
      /error class B/
    ],
    ['an enum', 'export enum Color { Red }', /enum Color .*module of its own/s],
    ['a const enum', 'export const enum Color { Red }', /enum Color/],
    ['a unique symbol', 'export const key = Symbol()', /constant key/],
    [
      'a namespace',
      'export namespace ns { export const f = () => 1 }',
      /namespace ns .*Export its functions by themselves/s
    ],
    [
      'a namespace of another module',
      "export * as ns from './other.js'",
      /namespace ns .*run bridge-types on that/s
    ],
    [
      'an import that is passed on whole',
      "import * as all from './other.js'\nexport { all }",
      /namespace all/
    ],
    [
      'a class in a constant',
      'export const Db = class { find() { return 1 } }',
      /Db is a class that stands in a constant/
    ],
    ['a default object', 'export default { find() { return 1 } }', /constant default/],
    ['a name that modules are asked for', 'export function then() { return 1 }', /function of the name then/],
    [
      'a value beside a function of the same module',
      "export * from './mixed.js'",
      /LIST stands in mixed\.ts together with other/
    ]
  ]

  it.each(refused)('is refused with its position and what to write instead: %s', (_, source, expected) => {
    const project = userProject(
      {
        'tasks.ts': `export const one = 1\n${source}\nexport function task() { return 1 }\n`,
        'other.ts': 'export function other() { return 1 }\n',
        'mixed.ts': 'export const LIST = [1]\nexport function other() { return 1 }\n'
      },
      { options: { types: [] } }
    )
    const said = project.refusal()
    expect(said).toMatch(expected)
    expect(said).toMatch(/^(packages\/pool\/test\/\.scratch-types-\w+\/)?(tasks|mixed)\.ts:\d+: /)
    if (!source.includes('mixed')) expect(said).toMatch(/tasks\.ts:[23]: /)
  })

  it('is refused together with all others, each on a separate line', () => {
    const project = userProject({
      'tasks.ts': 'export let a = 1\nexport let b = 2\nexport function c() {}\n'
    })
    expect(project.refusal().split('\n')).toEqual([
      expect.stringMatching(/tasks\.ts:1: .* a /),
      expect.stringMatching(/tasks\.ts:2: .* b /)
    ])
  })

  it('is refused if it has no function and no class', () => {
    const project = userProject({ 'tasks.ts': 'export type A = 1\nexport const one = 1\n' })
    expect(project.refusal()).toMatch(/exports no function and no class/)
  })

  it('is what `export =` exports', () => {
    const project = userProject({ 'tasks.cts': 'function f() { return 1 }\nexport = f\n' })
    expect(project.refusal('tasks.cts')).toMatch(/`export =` exports one value/)
  })
})

describe('what is left out', () => {
  it('is reported with its position: properties of a function, a namespace beside a class', () => {
    const project = userProject({
      'tasks.ts': `
export function task() {}
task.property = 1
export class Database { find(options: Database.Options) { return options.depth } }
export namespace Database { export interface Options { depth: number } }
`,
      'user.ts': `import { Database } from './tasks.sync.js'\nexport const found: number = new Database().find({ depth: 1 })\n`
    })
    const { notes } = project.generate()
    expect(notes.map(one => one.replace(/^.*\//, '').slice(0, 40))).toEqual([
      'tasks.ts:2: task is written without the ',
      'tasks.ts:4: Database is written without '
    ])
    expect(project.complaints(['user.ts'], { erasableSyntaxOnly: false })).toEqual([])
  })
})
