// Compiled by `typecheck`, never run: valid code must compile, and invalid code is marked.
import {
  type BlockingObject,
  type Call,
  type Callback,
  notify,
  proxy,
  type Remote,
  type RemoteObject,
  type RemoteSync,
  read,
  type StreamCall,
  write
} from '@bridge/core'
import { is } from './types-common.js'

interface Row {
  id: number
}

declare abstract class Store<T> {
  static opened: number
  static count(): number
  readonly size: number
  private secret: string
  protected inner(): void
  abstract get(key: string): T | undefined
}

declare class Database extends Store<Row> implements AsyncDisposable {
  static open(file: string): Promise<Database>
  static readonly version: string
  constructor(file: string, options?: { readOnly?: boolean })
  readOnly: boolean
  get(key: string): Row | undefined
  query(sql: string): Row[]
  load(sql: string, limit?: number): Promise<Row[]>
  rows(limit: number): Generator<Row, number, boolean>
  later(): AsyncGenerator<Row, void, unknown>
  where(clause: string): this
  saved(): Promise<this>
  copy(): Database
  isSame(other: Database): boolean
  merge(...others: Database[]): void
  on(event: 'open', listener: () => void): void
  on(event: 'row', listener: (row: Row) => void): number
  first<T extends Row>(type: (row: Row) => T): T
  // biome-ignore lint/suspicious/noExplicitAny: a result that is typed so is what is tested
  raw(): any
  fail(): never
  [Symbol.iterator](): Iterator<Row>
  [Symbol.asyncDispose](): Promise<void>
}

declare class Box<T> {
  constructor(value: T)
  value: T
  get(): T
}

interface Module {
  Store: typeof Store
  Database: typeof Database
  Box: typeof Box
  open(file: string): Database
  shared(): RemoteObject<Database>
  size(db: Database, options?: { deep: boolean }): number
  total(dbs: Database[]): number
  deep(data: { name: string; by: Map<string, Database>; all?: Set<{ db: Database | undefined }> }): number
  scan(
    files: string[],
    onFound: (path: string) => void,
    price: Callback<(id: number) => Promise<number>>
  ): number
}

export async function newMakesObjectsWhoseMethodsGiveCalls(tasks: Remote<Module>) {
  const db = new tasks.Database('app.db', { readOnly: true })
  is<typeof db, RemoteObject<Database>>(true)
  is<ReturnType<typeof db.query>, Call<Row[]>>(true)
  is<ReturnType<typeof db.load>, Call<Row[]>>(true)
  is<ReturnType<typeof db.get>, Call<Row | undefined>>(true)
  is<ReturnType<typeof db.rows>, StreamCall<Row, number, boolean>>(true)
  is<ReturnType<typeof db.later>, StreamCall<Row, void, unknown>>(true)
  is<ReturnType<typeof db.fail>, Call<never>>(true)
  is<ReturnType<typeof db.where>, Call<RemoteObject<Database>>>(true)
  is<ReturnType<typeof db.saved>, Call<RemoteObject<Database>>>(true)
  is<ReturnType<typeof db.copy>, Call<RemoteObject<Database>>>(true)
  const rows: Row[] = await db.load('select 1', 5).with({ timeout: 500 })
  const again: Row[] = await (await db.where('x')).query('select 1')
  for await (const row of db) row.id.toFixed()
  for (const row of db) row.id.toFixed()
  // @ts-expect-error: a number is no text
  new tasks.Database(1)
  // @ts-expect-error: there is an argument missing
  new tasks.Database()
  // @ts-expect-error: a number is no text
  db.query(1)
  // @ts-expect-error: the value has to be awaited
  db.query('select 1').length
  // @ts-expect-error: a property is read by read(object, key)
  db.size
  // @ts-expect-error: a private member can't be called
  db.secret
  // @ts-expect-error: nor is a protected one
  db.inner()
  // @ts-expect-error: there is no such method
  db.missing()
  // @ts-expect-error: methods can't be replaced
  db.query = db.load
  // @ts-expect-error: a class is no function
  tasks.Database('app.db')
  return [rows, again]
}

export async function disposablesWorkWithUsing(tasks: Remote<Module>, plain: RemoteSync<Module>) {
  await using one = new tasks.Database('app.db')
  using other = new tasks.Database('app.db')
  using blocking = new plain.Database('app.db')
  return [await one.query(''), other.query('').runSync(), blocking.query('')]
}

export async function staticsGiveCalls(tasks: Remote<Module>) {
  is<ReturnType<typeof tasks.Store.count>, Call<number>>(true)
  is<ReturnType<typeof tasks.Database.count>, Call<number>>(true)
  const db = await tasks.Database.open('app.db')
  const version: string = await read(tasks.Database, 'version')
  await write(tasks.Store, 'opened', 1)
  // @ts-expect-error: an abstract class can't be made
  new tasks.Store()
  // @ts-expect-error: it has no such property
  await read(tasks.Database, 'missing')
  // @ts-expect-error: a number is no text
  await write(tasks.Store, 'opened', 'one')
  return [await db.query('select 1'), version]
}

export async function propertiesAreReadAndWritten(tasks: Remote<Module>) {
  const db = new tasks.Database('app.db')
  const size: number = await read(db, 'size')
  const blocking: boolean = read(db, 'readOnly').runSync()
  await write(db, 'readOnly', true)
  // @ts-expect-error: it has no such property
  await read(db, 'missing')
  // @ts-expect-error: a number is no boolean
  await write(db, 'readOnly', 1)
  // @ts-expect-error: a string is no remote object
  await read('text', 'length')
  return [size, blocking]
}

export async function remoteObjectsArePassedWhereTheirClassIsExpected(tasks: Remote<Module>) {
  const db = new tasks.Database('app.db')
  const box = new tasks.Box(1)
  await tasks.size(db, { deep: true })
  await tasks.total([db, db])
  await db.isSame(db)
  await tasks.deep({ name: 'x', by: new Map([['a', db]]) })
  await tasks.deep({ name: 'x', by: new Map(), all: new Set([{ db }, { db: undefined }]) })
  // @ts-expect-error: it stands for another class, deep inside
  await tasks.deep({ name: 'x', by: new Map([['a', box]]) })
  // @ts-expect-error: a number is no text
  await tasks.deep({ name: 1, by: new Map() })
  // @ts-expect-error: there is a part missing
  await tasks.deep({ name: 'x' })
  await db.merge(db, db)
  // @ts-expect-error: it stands for another class
  await tasks.size(box)
  // @ts-expect-error: it stands for another class
  await tasks.total([db, box])
  // @ts-expect-error: a call is no object: it has to be awaited
  await tasks.size(db.copy())
  // @ts-expect-error: neither is a class
  await tasks.size(tasks.Database)
}

export async function proxiedObjectsAreRemoteOnes(tasks: Remote<Module>) {
  const db = await tasks.shared()
  const rows: Row[] = await db.query('select 1')
  const list = proxy([1, 2])
  is<ReturnType<typeof list.push>, Call<number>>(true)
  const fn = proxy((n: number) => n + 1)
  is<typeof fn, (n: number) => number>(true)
  const noted = notify((percent: number) => void percent)
  is<typeof noted, (percent: number) => void>(true)
  // @ts-expect-error: its result is not waited for
  notify((percent: number): string => `${percent}`)(1).length
  // @ts-expect-error: a number can't stay anywhere
  proxy(1)
  return rows
}

export async function functionsArePassedAsTheyAre(tasks: Remote<Module>, plain: RemoteSync<Module>) {
  const price = async (id: number) => id
  await tasks.scan([], path => path.length, price)
  plain.scan([], path => path.length, price)
  const takesNumber = (n: number) => n
  // @ts-expect-error: it takes a text
  await tasks.scan([], takesNumber, price)
  // @ts-expect-error: it has to promise its number
  await tasks.scan([], () => {}, takesNumber)
}

export function aTaskSeesACallback(
  price: Callback<(id: number) => Promise<number>>,
  plain: Callback<() => string>
) {
  is<ReturnType<typeof price>, Call<number>>(true)
  const now: number = price(1).runSync()
  const text: string = plain()
  // @ts-expect-error: the value has to be awaited
  price(1).toFixed()
  return [now, text]
}

export function importSyncGivesPlainClasses(tasks: RemoteSync<Module>) {
  const db = new tasks.Database('app.db')
  is<typeof db, BlockingObject<Database>>(true)
  const rows: Row[] = db.load('select 1')
  const size: number = db.size
  db.readOnly = true
  const again: Row[] = db.where('x').query('select 1')
  const saved: Row[] = db.saved().query('')
  const opened: Row[] = tasks.Database.open('app.db').query('')
  for (const row of db) row.id.toFixed()
  for (const row of db.later()) row.id.toFixed()
  const equal: boolean = db.isSame(db)
  const shared: Row[] = tasks.shared().query('')
  tasks.size(db)
  tasks.total([db])
  // @ts-expect-error: what it gives is a value, not a call
  db.query('').runSync()
  // @ts-expect-error: it can only be read
  db.size = 1
  // @ts-expect-error: a private member can't be called
  db.secret
  // @ts-expect-error: an abstract class can't be made
  new tasks.Store()
  return [rows, size, again, saved, opened, equal, shared]
}

export async function overloadsAndGenericsKeepTheirLastForm(tasks: Remote<Module>) {
  const db = new tasks.Database('app.db')
  is<ReturnType<typeof db.on>, Call<number>>(true)
  const box = new tasks.Box({ id: 1 })
  is<Awaited<ReturnType<typeof box.get>>, unknown>(true)
  // biome-ignore lint/suspicious/noExplicitAny: a result that is typed so is what is tested
  is<ReturnType<typeof db.raw>, Call<any>>(true)
}
