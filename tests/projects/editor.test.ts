import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectWith, write } from './project.js'

const TASKS = `
/** Hashes a text. */
export function hash(text: string, rounds?: number): string {
  return text.repeat(rounds ?? 1)
}

/** Finds one by its number. */
export function find(id: number): Promise<string>
/** Finds some by their names. */
export function find(name: string, most: number): Promise<string[]>
export async function find(key: number | string): Promise<string | string[]> {
  return typeof key === 'number' ? 'one' : [key]
}

/** The first of a list. */
export function first<T>(list: readonly T[]): T | undefined {
  return list[0]
}

export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** Where rows are. */
export class Database {
  /** Opens a file. */
  static async open(file: string): Promise<Database> {
    return new Database(file)
  }
  constructor(readonly file: string) {}
  /** Asks for rows. */
  query(sql: string): string[] {
    return [sql]
  }
  [Symbol.dispose](): void {}
}

export class Circle {
  constructor(readonly radius: number) {}
  area(): number {
    return 3 * this.radius ** 2
  }
}

export function circle(radius: number): Circle {
  return new Circle(radius)
}

export function circles(): { list: Circle[] } {
  return { list: [] }
}

export interface Row {
  readonly id: number
}

export function rows(): Row[] {
  return []
}

export const api = {
  /** Lists the names. */
  names(most: number): string[] {
    return Array.from({ length: most }, String)
  }
}
`
const USER = `
import { createPool, loop } from '@bridge/pool'

type Tasks = typeof import('./tasks.js')
const url = new URL('./tasks.js', import.meta.url)
const tasks = createPool().import<Tasks>(url)
const plain = loop.importSync<Tasks>(url)

export const remote = [tasks.hash('x'), tasks.find(1), tasks.find('x', 2), new tasks.Database('x').query('y'), tasks.Database.open('x')]
export const blocking = [plain.hash('x'), plain.find(1), plain.find('x', 2), new plain.Database('x').query('y'), plain.Database.open('x')]
export const inferred: number | undefined = plain.first([1, 2])
export const narrowed = (value: unknown): string => (plain.isText(value) ? value : '')
// @ts-expect-error: no way of calling it takes a flag
tasks.find(true)
// @ts-expect-error: nor blocking
plain.find(true)
`

/** What the types reject, and where they keep a name. */
const SHOWN = `
import { createPool, loop, read } from '@bridge/pool'

const url = new URL('./tasks.js', import.meta.url)
const tasks = createPool().import<typeof import('./tasks.js')>(url)
const plain = loop.importSync<typeof import('./tasks.js')>(url)
const copied = await tasks.circle(1)
copied.area()
const copiedNow = plain.circle(1)
copiedNow.area()
plain.circles().list[0]?.area()
const rows = await tasks.rows()
const rowsNow = plain.rows()
const later = plain.hash.async('x')
const opened = await plain.Database.open.async('x')
const queried = opened.query.async('x')
const names = plain.api.names(1)
const asked = tasks.api.names(1)
read(tasks, 'missing')
export { asked, later, names, queried, rows, rowsNow }
`

let compiler: typeof ts
let shown: string
let service: ts.LanguageService
let user: string
let tasksFile: string

beforeAll(async () => {
  const folder = await projectWith({ typescript: '6.0.3', '@types/node': '20.19.0' }, { type: 'module' })
  write(folder, { 'tasks.ts': TASKS, 'user.ts': USER, 'shown.ts': SHOWN })
  compiler = createRequire(join(folder, 'package.json'))('typescript') as typeof ts
  user = join(folder, 'user.ts')
  shown = join(folder, 'shown.ts')
  tasksFile = join(folder, 'tasks.ts')
  const options: ts.CompilerOptions = {
    module: compiler.ModuleKind.NodeNext,
    moduleResolution: compiler.ModuleResolutionKind.NodeNext,
    target: compiler.ScriptTarget.ES2023,
    lib: ['lib.esnext.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true
  }
  const { sys } = compiler
  service = compiler.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [user, shown, tasksFile],
    getScriptVersion: () => '1',
    getScriptSnapshot: file => {
      const text = sys.readFile(file)
      return text === undefined ? undefined : compiler.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: given => compiler.getDefaultLibFilePath(given),
    fileExists: sys.fileExists,
    readFile: sys.readFile,
    readDirectory: sys.readDirectory,
    directoryExists: sys.directoryExists,
    getDirectories: sys.getDirectories,
    ...(sys.realpath === undefined ? {} : { realpath: sys.realpath })
  })
})

/** The position of a name, given the text before it. */
function at(before: string): number {
  const found = USER.indexOf(before)
  expect(found).toBeGreaterThan(-1)
  return found + before.length
}

/** The text of the user's file at the position that the error names. */
const textAt = ({ fileName, textSpan: { start, length } }: ts.DocumentSpan): string =>
  readFileSync(fileName, 'utf8').slice(start, start + length)

describe.each(['tasks', 'plain'])('an editor, of a module behind %s,', name => {
  const places = [
    ['a function', `[${name}.`, 'hash', 'Hashes a text.'],
    ['a class', `new ${name}.`, 'Database', 'Where rows are.'],
    ['a method', `new ${name}.Database('x').`, 'query', 'Asks for rows.'],
    ['a static method', `${name}.Database.`, 'open', 'Opens a file.']
  ] as const

  it.each(places)('goes to the definition of %s', (_, before, expected) => {
    const definitions = service.getDefinitionAtPosition(user, at(before)) ?? []
    expect(definitions.map(({ fileName }) => fileName)).toContain(tasksFile)
    expect(definitions.map(textAt)).toContain(expected)
  })

  it.each(places)('shows the documentation of %s', (_, before, __, text) => {
    const info = service.getQuickInfoAtPosition(user, at(before))
    expect(compiler.displayPartsToString(info?.documentation)).toContain(text)
  })

  it.each(places)('renames %s wherever it is used', (_, before) => {
    const found = service.findRenameLocations(user, at(before), false, false, {}) ?? []
    expect(found.map(({ fileName }) => fileName)).toEqual(expect.arrayContaining([user, tasksFile]))
  })

  it('shows each way of calling a function that has several', () => {
    const info = service.getQuickInfoAtPosition(user, at(`${name}.find(1), ${name}.`))
    const shown = compiler.displayPartsToString(info?.displayParts)
    expect(shown).toMatch(/name: string, most: number/)
    expect(shown).toMatch(/\+1 overload/)
  })

  it('offers the arguments of a function by their names', () => {
    const help = service.getSignatureHelpItems(user, at(`[${name}.hash(`), {})
    const parameters = help?.items[0]?.parameters.map(({ displayParts }) =>
      compiler.displayPartsToString(displayParts)
    )
    // The form of its type depends on whether it is the function's own.
    expect(parameters).toEqual(['text: string', expect.stringMatching(/^rounds\?: number/)])
  })
})

describe('a user of a module', () => {
  it('has type parameters, type guards and overloads where nothing else changes, and no error', () => {
    const found = [...service.getSyntacticDiagnostics(user), ...service.getSemanticDiagnostics(user)]
    expect(found.map(({ messageText }) => compiler.flattenDiagnosticMessageText(messageText, '\n'))).toEqual(
      []
    )
  })
})

describe('what arrives, in an editor,', () => {
  /** The quick info of a name at its declaration, on one line. */
  const hover = (name: string): string => {
    const position = SHOWN.indexOf(`const ${name} `) + 'const '.length
    const info = service.getQuickInfoAtPosition(shown, position)
    return compiler.displayPartsToString(info?.displayParts).replace(/\s+/g, ' ')
  }

  it('keeps the name of a type that crosses unchanged, and shows the remaining members of another', () => {
    expect(hover('rows')).toBe('const rows: Row[]')
    expect(hover('rowsNow')).toBe('const rowsNow: Row[]')
    expect(hover('copied')).toBe('const copied: { readonly radius: number; }')
    expect(hover('copiedNow')).toBe('const copiedNow: { readonly radius: number; }')
  })

  it('is a call of the asynchronous form, and an object of the same class', () => {
    expect(hover('later')).toBe('const later: Call<string>')
    expect(hover('opened')).toBe('const opened: BlockingObject<Database>')
    expect(hover('queried')).toBe('const queried: Call<string[]>')
  })

  it('is refused with an error that names what is missing', () => {
    const found = service.getSemanticDiagnostics(shown)
    expect(found.map(({ messageText }) => compiler.flattenDiagnosticMessageText(messageText, ' '))).toEqual([
      ...Array(3).fill("Property 'area' does not exist on type '{ readonly radius: number; }'."),
      expect.stringMatching(/'"missing"' is not assignable to/)
    ])
  })

  it('has the documentation of functions in an exported object', () => {
    for (const before of ['plain.api.', 'tasks.api.']) {
      const info = service.getQuickInfoAtPosition(shown, SHOWN.indexOf(before) + before.length)
      expect(compiler.displayPartsToString(info?.documentation)).toBe('Lists the names.')
    }
  })
})
