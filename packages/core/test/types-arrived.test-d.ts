// Compiled by `typecheck`, never run: valid code must compile, and invalid code is marked.
import {
  type BlockingObject,
  type BlockingObjectBeside,
  type Call,
  type CannotCross,
  type Cloned,
  type EagerSync,
  inline,
  type RegisteredInstance,
  type Remote,
  type RemoteObject,
  type RemoteObjectBeside,
  type RemoteResource,
  type RemoteSync,
  type RemoteSyncResource,
  type Resource,
  read,
  type StreamCall
} from '@bridge/core'
import { is } from './types-common.js'

interface Row {
  id: number
  tags?: string[]
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

declare class Circle {
  constructor(radius: number)
  readonly radius: number
  label?: string
  area(): number
  onClick?: () => void
}

declare class Pattern extends RegExp {
  readonly own: true
}

/** An instance of a class that is registered. */
type Round = Circle & RegisteredInstance

declare class Database {
  static open(file: string): Promise<Database>
  query(sql: string): Row[]
  find<T extends Row>(row: T): T
  cursor(): Cursor
  circles(): Circle[]
  [Symbol.dispose](): void
}

declare class Cursor {
  next(): Row | undefined
  [Symbol.asyncDispose](): Promise<void>
}

declare class Connection {
  readonly host: string
  send(text: string): number
  peer(): Connection
  others(): { list: Connection[] }
}

interface Module {
  Circle: typeof Circle
  Database: typeof Database
  Cursor: typeof Cursor
  Connection: typeof Connection
  circle(): Circle
  circles(): Promise<{ list: Circle[]; by: Map<string, Circle>; one: Circle | undefined }>
  rows(): Row[]
  pair(): [Row, Circle]
  json(): Json
  response(): Promise<Response>
  pattern(): Pattern
  regExp(): RegExp
  database(): Database
  databases(): Promise<{ all: Database[]; by: Map<string, Database>; row: Row }>
  every(): AsyncGenerator<Database, number, boolean>
  connection(): Connection
  session(name: string): Resource<string>
  first<T>(list: readonly T[]): T | undefined
  isText(value: unknown): value is string
  VERSION: string
  LIMITS: { most: number; list: string[] }
  api: { users: { list(limit: number): Promise<Row[]> }; version: string; Circle: typeof Circle }
  deep: { inner: { list(limit: number): Promise<Row[]> } }
  dated: { since: Date; by: Map<string, { at: Date }>; inner: { url: URL } }
  shared: Connection
}

export async function methodsOfCopiesAreGone(tasks: Remote<Module>, plain: RemoteSync<Module>) {
  is<ReturnType<typeof tasks.circle>, Call<Cloned<Circle>>>(true)
  const circle = await tasks.circle()
  const radius: number = circle.radius
  const label: string | undefined = circle.label
  // @ts-expect-error: a copy has no methods
  circle.area()
  // @ts-expect-error: nor one that is optional
  circle.onClick?.()
  const { list, by, one } = plain.circles()
  // @ts-expect-error: nor at any depth
  list[0]?.area()
  // @ts-expect-error: nor in a Map
  by.get('x')?.area()
  // @ts-expect-error: nor where it may be missing
  one?.area()
  const [row, copy] = await tasks.pair()
  // @ts-expect-error: nor in a tuple
  copy.area()
  return [radius, label, row.id, list[0]?.radius, by.get('x')?.radius, one?.radius]
}

export function whereNothingIsLostATypeKeepsItsName(tasks: Remote<Module>, plain: RemoteSync<Module>) {
  is<ReturnType<typeof tasks.rows>, Call<Row[]>>(true)
  is<ReturnType<typeof tasks.json>, Call<Json>>(true)
  is<ReturnType<typeof tasks.regExp>, Call<RegExp>>(true)
  is<ReturnType<typeof plain.rows>, Row[]>(true)
  is<ReturnType<typeof plain.json>, Json>(true)
}

export function whatCantCrossSaysSo(tasks: Remote<Module>, plain: RemoteSync<Module>) {
  is<ReturnType<typeof tasks.response>, Call<CannotCross<Response>>>(true)
  is<ReturnType<typeof plain.pattern>, CannotCross<Pattern>>(true)
  // @ts-expect-error: it never comes
  plain.response().status
}

export async function disposableObjectsStay(tasks: Remote<Module>, plain: RemoteSync<Module>) {
  is<ReturnType<typeof tasks.database>, Call<RemoteObject<Database>>>(true)
  is<ReturnType<typeof plain.database>, BlockingObject<Database>>(true)
  is<ReturnType<typeof tasks.every>, StreamCall<RemoteObject<Database>, number, boolean>>(true)
  const { all, by, row } = await tasks.databases()
  const rows: (Row[] | undefined)[] = [await all[0]?.query('x'), await by.get('x')?.query('y')]
  const cursor = await (await tasks.database()).cursor()
  const next: Row | undefined = await cursor.next()
  const blocking: Row | undefined = plain.database().cursor().next()
  for (const db of plain.every()) db.query('x')
  // @ts-expect-error: a property of it would have to be read
  cursor.missing
  // @ts-expect-error: what it gives is a copy
  plain.database().circles()[0]?.area()
  return [rows, row.id, next, blocking]
}

export async function namedClassesStay(tasks: Remote<Module, 'Connection'>, all: RemoteSync<Module, true>) {
  const connection = await tasks.connection()
  is<typeof connection, RemoteObjectBeside<Connection, Connection | Database | Cursor>>(true)
  const sent: number = await connection.send('x')
  const peer: number = await (await connection.peer()).send('y')
  const { list } = await connection.others()
  await list[0]?.send('z')
  // @ts-expect-error: this class is not named
  ;(await tasks.circle()).area()
  const area: number = all.circle().area()
  is<
    ReturnType<typeof all.connection>,
    BlockingObjectBeside<Connection, Circle | Connection | Database | Cursor>
  >(true)
  return [sent, peer, area]
}

export function theNamesOfAnImportAreItsTypesToo() {
  const url = new URL('./tasks.js', import.meta.url)
  const named = inline.import<Module, 'Connection'>(url, { keep: ['Connection'] })
  const all = inline.import<Module, true>(url, { keep: true })
  const inferred = inline.importSync(async () => ({}) as Module, import.meta.url, { keep: ['Connection'] })
  inferred.connection().send('x')
  // @ts-expect-error: the types would not know
  inline.import<Module>(url, { keep: ['Connection'] })
  return [named, all]
}

export async function blockingAndAsyncAreOnOneName(plain: RemoteSync<Module>) {
  const rows: Row[] = plain.rows()
  const awaited: Row[] = await plain.rows.async().with({ timeout: 5 })
  const first: number | undefined = plain.first([1, 2])
  const narrow = (value: unknown): string => (plain.isText(value) ? value : '')
  const db = await plain.Database.open.async('x')
  is<typeof db, BlockingObject<Database>>(true)
  const blocking: Row[] = db.query('x')
  const later: Row[] = await db.query.async('x')
  for await (const one of plain.every.async()) one.query('x')
  const blockingAgain: Row | undefined = (await db.cursor.async()).next()
  // @ts-expect-error: the call is not its value
  plain.rows.async().length
  // @ts-expect-error: it takes the same arguments
  db.query.async(1)
  // @ts-expect-error: a constructor has no other face
  new plain.Database.async()
  return [rows, awaited, first, narrow, blocking, later, blockingAgain]
}

export async function exportedObjectsAreCalled(tasks: Remote<Module>, plain: RemoteSync<Module>) {
  const rows: Row[] = await tasks.api.users.list(5)
  const blocking: Row[] = plain.api.users.list(5)
  const later: Row[] = await plain.api.users.list.async(5)
  const sent: number = await tasks.shared.send('x')
  const version: string = await read(tasks, 'VERSION')
  const most: number = read(plain, 'LIMITS').runSync().most
  const inner: string = await read(tasks.api, 'version')
  const area: number = await new tasks.api.Circle(1).area()
  // @ts-expect-error: a constant is no function
  tasks.VERSION
  // @ts-expect-error: there is no such export
  await read(tasks, 'missing')
  // @ts-expect-error: a text is no number
  tasks.api.users.list('x')
  return [rows, blocking, later, sent, version, most, inner, area]
}

export function eagerModulesHaveTheirConstants(eager: EagerSync<Module>) {
  const version: string = eager.VERSION
  const limits: { most: number } = eager.LIMITS
  const rows: Row[] = eager.rows()
  eager.rows = Object.assign(() => [], { async: eager.rows.async })
  const inner: string = eager.api.version
  const deep: Row[] = eager.deep.inner.list(1)
  is<typeof eager.dated, Module['dated']>(true)
  return [version, limits, rows, inner, eager.api.users.list(1), deep]
}

export async function resourcesAreEnteredWhereTheyLive(tasks: Remote<Module>, plain: RemoteSync<Module>) {
  is<ReturnType<typeof tasks.session>, Call<RemoteResource<string>>>(true)
  is<ReturnType<typeof plain.session>, RemoteSyncResource<string>>(true)
  await using later = await tasks.session('x')
  using now = plain.session('x')
  const length: number | undefined = await later.use(text => text.length)
  return [later.value.length, now.value.length, length]
}

// A type that is declared as registered arrives unchanged, at any depth; a plain instance of the class is assignable to it.
is<Cloned<Round>, Round>(true)
is<Cloned<{ rounds: Map<string, Round[]> }>, { rounds: Map<string, Round[]> }>(true)
is<Cloned<Round | Circle>, Round | Cloned<Circle>>(true)
interface Rounds {
  make(radius: number): Round
  all(): Promise<Round[]>
  area(round: Round): number
}
declare const rounds: Remote<Rounds>
is<ReturnType<typeof rounds.make>, Call<Round>>(true)
is<ReturnType<typeof rounds.all>, Call<Round[]>>(true)
declare const circle: Circle
rounds.area(circle)
