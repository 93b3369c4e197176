import { describe, expect, it } from 'vitest'
import { languageService, SAME, userProject } from './bridge-types-helpers.js'

const TASKS = `
import { EventEmitter } from 'node:events'
import type { Other } from './other.js'

export interface Row { id: number }
const tag = Symbol('tag')

/** Where rows are. */
export class Database<T extends Row = Row> {
  #rows = 1
  private secret = 2
  protected guarded = 3
  /** Where it is. */
  readonly file: string
  mode: 'r' | 'w' = 'r'
  note?: string
  ready: Promise<boolean> = Promise.resolve(true)
  /** Opens a file. */
  static async open<T extends Row>(file: string): Promise<Database<T>> { return new Database<T>(file) }
  static create = async (file: string) => new Database(file)
  static count = 0
  private static hiddenStatic() {}
  private options: object
  /** Makes one. */
  constructor(file: string, options?: { mode?: 'r' | 'w' })
  constructor(file: URL)
  constructor(file: string | URL, options = {}) { this.options = options; this.file = String(file); void [this.#rows, this.secret, this.options, Database.hiddenStatic] }
  /** Asks for rows. */
  async query(sql: string): Promise<T[]> { return [] }
  /** By a number. */
  find(key: number): Promise<T>
  /** By a text. */
  find(key: string): Promise<T[]>
  async find(_: unknown): Promise<unknown> { return _ }
  async map<R>(by: (row: T) => R): Promise<R[]> { return [] }
  insert(row: T): this { return this }
  async inserted(row: T) { return this }
  *rows(): Generator<T, number> { return 1 }
  bound = async (n: number) => n
  optional?(n: number): string
  get size(): number { return 1 }
  /** How it is called. */
  get label(): string { return '' }
  set label(value: string | number) {}
  hasRows(): this is Database<T> & { full: true } { return true }
  async *[Symbol.asyncIterator]() { yield {} as T }
  [Symbol.dispose]() {}
  [tag]() {}
  get [Symbol.toStringTag]() { return 'Database' }
  private hiddenMethod() {}
  use() { this.hiddenMethod() }
}

export class Base<U> {
  readonly value: U
  constructor(value: U) { this.value = value }
  convert<T>(by: (value: U) => T): T { return by(this.value) }
  async self() { return this }
  static async make() { return 1 }
  name(): string { return '' }
}
class Middle<V> extends Base<V[]> { async middle(): Promise<V> { throw new Error() } }
export class Sub<T> extends Middle<T | null> { override name(): string { return 'sub' } async own(): Promise<T> { throw new Error() } }
export class Listener extends EventEmitter { async listenTo(name: string) { return name } }
export abstract class Shape { abstract area(): Promise<number>; static async unit(): Promise<Shape> { throw new Error() } }
export class Single { private constructor() {} static get(): Single { return new Single() } value() { return 1 } }
export class Empty {}
export class Bound<T extends Bound<T>> { self(): Promise<T> { throw new Error() } }
export class Bounded extends Bound<Bounded> { value() { return 1 } }
export class Cache<K, V> extends Map<K, V> { async load(key: K): Promise<V | undefined> { return this.get(key) } }
class Lines { async *[Symbol.asyncIterator]() { yield 'line' } }
export class Both extends Lines { *[Symbol.iterator]() { yield 'line' } }
export function useOther(one: Other, all: { list: Other[] }, ...rest: Other[]): Promise<number> { return Promise.resolve(rest.length + all.list.length + Number(one.n)) }
export interface CopyOptions { to: Database; from?: Wrapped<Database> }
export type Wrapped<D> = { inner: D }
interface Found { readonly database: Database; readonly all: Map<string, Database> }
export function copy(from: Database, options: CopyOptions): Promise<CopyOptions> { return Promise.resolve(options) }
export async function found(): Promise<Found> { throw new Error() }
export async function opened(file: string) { return new Database<Row>(file) }
`
const USER = `
import { type Call, type GeneratorLike, type BlockingStream, type RemoteHandle, type StreamCall } from '@bridge/pool'
import type { Other } from './other.js'
import { Base, Both, Bounded, Cache, copy, useOther, Database, Empty, found, Listener, opened, type Row, Shape, Single, Sub, type CopyOptions } from './tasks.sync.js'
import type * as tasks from './tasks.js'
${SAME}
interface User extends Row { name: string }
const db = new Database<User>('x', { mode: 'w' })
is<Database<User>>()(db)
is<Database<Row>>()(new Database(new URL('file:///x')))
// @ts-expect-error: its bound
export type Unbound = Database<string>
is<User[]>()(db.query('')); is<Call<User[]>>()(db.query.async(''))
is<User>()(db.find(1)); is<User[]>()(db.find('')); is<Call<User>>()(db.find.async(1)); is<Call<User[]>>()(db.find.async(''))
// @ts-expect-error: neither
db.find(true)
is<boolean[]>()(db.map(() => true)); is<Call<boolean[]>>()(db.map.async(() => true))
is<Database<User>>()(db.insert({ id: 1, name: '' }).inserted({ id: 2, name: '' }))
is<Call<Database<User>>>()(db.insert.async({ id: 1, name: '' }))
is<number>()(db.rows().return(1).value as number)
for (const row of db.rows()) is<User>()(row)
is<StreamCall<User, number, any>>()(db.rows.async())
is<BlockingStream<User, number, any>>()(db.rows())
is<number>()(db.bound(1)); is<Call<number>>()(db.bound.async(1))
is<string | undefined>()(db.optional?.(1))
is<number>()(db.size)
// @ts-expect-error: it has no setter
db.size = 1
is<string>()(db.label); db.label = 1; db.label = 'x'
is<string>()(db.file)
// @ts-expect-error: read-only
db.file = ''
db.mode = 'w'
// @ts-expect-error: neither
db.mode = 'x'
is<string | undefined>()(db.note)
is<boolean>()(db.ready)
is<boolean>()(db.hasRows())
for (const row of db) is<User>()(row)
is<GeneratorLike<User, unknown, unknown>>()(db[Symbol.iterator]())
db[Symbol.dispose](); export const disposed: PromiseLike<void> = db[Symbol.asyncDispose]()
is<Database<User>>()(Database.open<User>('')); is<Call<Database<User>>>()(Database.open.async<User>(''))
is<Database<Row>>()(Database.create(''))
// @ts-expect-error: private
db.secret
// @ts-expect-error: protected
db.guarded
// @ts-expect-error: private
db.hiddenMethod
// @ts-expect-error: private
db.options
// @ts-expect-error: private
Database.hiddenStatic
// @ts-expect-error: properties of a class are not available
Database.count
const it: unknown = db
if (it instanceof Database) is<string>()(it.file)
class Own extends Database<User> { own() { return this.query('') } }
is<User[]>()(new Own('x').own())
export const handle: RemoteHandle<tasks.Database<User>> = db
const sub = new Sub<string>(['a', null])
is<string>()(sub.own()); is<string | null>()(sub.middle()); is<(string | null)[]>()(sub.value)
is<number>()(sub.convert(value => value.length))
is<Sub<string>>()(sub.self()); is<number>()(Sub.make()); is<Call<string>>()(sub.name.async())
export const asBase: Base<(string | null)[]> = sub
const listener = new Listener()
is<string>()(listener.listenTo('x')); is<number>()(listener.listenerCount('x'))
// @ts-expect-error: abstract
new Shape()
is<Shape>()(Shape.unit()); is<number>()(Shape.unit().area())
if (it instanceof Shape) is<Shape>()(it)
// @ts-expect-error: its constructor is private
new Single()
is<number>()(Single.get().value())
is<Empty>()(new Empty())
is<number>()(new Bounded().self().self().value())
const cache = new Cache<string, number>()
is<number | undefined>()(cache.load('x')); is<number>()(cache.size)
for (const entry of cache) is<[string, number]>()(entry)
for (const line of new Both()) is<string>()(line)
declare const other1: RemoteHandle<Other>
is<number>()(useOther(other1, { list: [other1] }, other1)); is<Call<number>>()(useOther.async(other1, { list: [] }))
const other = new Database('y')
is<CopyOptions>()(copy(db, { to: other, from: { inner: other } }))
is<Row[]>()(copy(db, { to: other }).to.query(''))
is<Row[]>()(found().database.query('')); is<Database<Row> | undefined>()(found().all.get('x'))
is<Database<Row>>()(opened('')); is<Call<Database<Row>>>()(opened.async(''))
`

const OTHER = 'export class Other { #own = 1; n = 1; async more(): Promise<number> { return this.#own } }\n'
const project = userProject({ 'tasks.ts': TASKS, 'user.ts': USER, 'other.ts': OTHER })
const { text, notes } = project.generate()

describe('the classes of a module of tasks, generated,', () => {
  it('are values and types of one name, with generics, overloads, accessors, statics, bases and what they iterate over', () => {
    expect(project.complaints(['user.ts'])).toEqual([])
  })

  it('have no private or protected members', () => {
    expect(text).not.toMatch(/secret|guarded|hidden(Method|Static)|#/)
  })

  it('name each member that they leave out, by its file and line', () => {
    const all = notes.map(one => one.replace(/^.*\//, ''))
    expect(all.map(one => one.split(': ').slice(0, 2).join(': '))).toEqual([
      expect.stringMatching(/^tasks\.ts:\d+: Database is written without `\[tag\]`$/),
      expect.stringMatching(/^tasks\.ts:\d+: Database is written without `\[Symbol\.toStringTag\]`$/),
      expect.stringMatching(/^tasks\.ts:\d+: Database is written without `static count`$/)
    ])
    const line = TASKS.split('\n').findIndex(one => one.includes('static count')) + 1
    expect(all[2]).toContain(`tasks.ts:${line}:`)
  })

  it('keep their documentation and that of their members', () => {
    project.files({
      'shown.ts':
        "import { Database } from './tasks.sync.js'\nconst db = new Database('')\ndb.query('')\ndb.find('')\nDatabase.open('')\nvoid [db.file, db.label]\ndb.query.async('')\n"
    })
    const editor = languageService(project, 'shown.ts')
    expect(editor.documentation('import { Data')).toContain('Where rows are.')
    expect(editor.help('new Database(')).toEqual(['Makes one.', ''])
    expect(editor.documentation('\ndb.qu')).toContain('Asks for rows.')
    expect(editor.documentation('\ndb.fi')).toBe('By a text.')
    expect(editor.help('\ndb.find(')).toEqual(['By a number.', 'By a text.'])
    expect(editor.documentation('Database.op')).toContain('Opens a file.')
    expect(editor.documentation('db.fi')).toContain('By a text.')
    expect(editor.documentation('[db.fil')).toContain('Where it is.')
    expect(editor.documentation('db.lab')).toContain('How it is called.')
    expect(editor.help('db.query.async(')).toEqual(['Asks for rows.'])
  })

  it('rewrite the types that name a class, and re-export the others', () => {
    expect(text).toMatch(/export interface CopyOptions \{\s*to: Database;/)
    expect(text).toContain('export type { Row, Wrapped } from "./tasks.js"')
  })

  it('return calls with --async, and let properties be read as those of other remote objects', () => {
    project.generate('tasks.ts', '--async')
    project.files({
      'calls.ts': `
        import { type Call, read, type StreamCall } from '@bridge/pool'
        import { copy, Database, type Row, Sub } from './tasks.async.js'
        ${SAME}
        const db = new Database('x')
        is<Call<Row[]>>()(db.query(''))
        is<Call<Database<Row>>>()(db.insert({ id: 1 }))
        is<StreamCall<Row, number, any>>()(db.rows())
        is<Call<Database<Row>>>()(Database.open(''))
        is<Call<number>>()(read(db, 'size'))
        // @ts-expect-error: only by read()
        db.size
        export const each = async (): Promise<void> => { for await (const row of db) is<Row>()(row) }
        void copy(db, { to: db })
        is<Call<Sub<1>>>()(new Sub<1>([]).self())
      `
    })
    expect(project.complaints(['calls.ts'])).toEqual([])
  })
})
