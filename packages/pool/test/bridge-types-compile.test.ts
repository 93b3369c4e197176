import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { userProject } from './bridge-types-helpers.js'

const TASKS = `
import { LIMITS } from './limits.js'
export { LIMITS } from './limits.js'
export interface Row { id: number }
export async function fetchRow<T extends Row = Row>(id: number): Promise<T> { return { id: id + LIMITS.least } as T }
export async function* rows(to: number) { for (let id = 0; id < to; id++) yield { id } }
export class Database<T extends Row = Row> {
  static async open(_: string) { return new Database() }
  async query(_: string): Promise<T[]> { return [] }
  [Symbol.dispose]() {}
}
`
const USER = `
import { Database, fetchRow, LIMITS, rows } from './tasks.sync.js'
export const id: number = fetchRow(1).id + LIMITS.least
export const all: { id: number }[] = [...rows(2)]
export const found: { id: number }[] = Database.open('x').query('y')
export const asked: Promise<{ id: number }[]> = Database.open('x').query.async('y')
`
const LIMITS = 'export const LIMITS: { least: number } = { least: 1 }\n'
const FILES = { 'tasks.ts': TASKS, 'user.ts': USER, 'limits.ts': LIMITS }

describe('the output', () => {
  it.each([
    ['nodenext', 'module', { module: 'nodenext' }, {}],
    ['node20', 'module', { module: 'node20' }, {}],
    ['bundler', 'module', { module: 'esnext', moduleResolution: 'bundler' }, {}],
    ['preserve', 'commonjs', { module: 'preserve' }, {}],
    ['nodenext in CommonJS', 'commonjs', { module: 'nodenext' }, { verbatimModuleSyntax: false }],
    [
      'node10',
      'commonjs',
      { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
      { verbatimModuleSyntax: false }
    ]
  ] as const)('compiles with all strict options, resolving modules by %s', (_, type, options, more) => {
    const project = userProject(FILES, { type, options })
    project.generate()
    expect(project.complaints(['user.ts'], more)).toEqual([])
  })

  it.each([
    [
      'an ES module',
      'module',
      { module: 'nodenext' },
      'tasks.ts',
      /new URL\("\.\/tasks\.js", import\.meta\.url\)/
    ],
    [
      'CommonJS by its package',
      'commonjs',
      { module: 'nodenext' },
      'tasks.ts',
      /`\$\{__dirname\}\/tasks\.js`/
    ],
    [
      'CommonJS by its configuration',
      'module',
      { module: 'commonjs', moduleResolution: 'bundler' },
      'tasks.ts',
      /`\$\{__dirname\}\/tasks\.js`/
    ],
    [
      'an ES module by its extension',
      'commonjs',
      { module: 'nodenext' },
      'tasks.mts',
      /new URL\("\.\/tasks\.mjs", import\.meta\.url\)/
    ],
    [
      'CommonJS by its extension',
      'module',
      { module: 'nodenext' },
      'tasks.cts',
      /`\$\{__dirname\}\/tasks\.cjs`/
    ],
    [
      'built by a bundler',
      'commonjs',
      { module: 'esnext', moduleResolution: 'bundler' },
      'tasks.ts',
      /new URL\("\.\/tasks\.js", import\.meta\.url\)/
    ]
  ] as const)('names the module as it can where it becomes %s', (_, type, options, input, expected) => {
    const project = userProject({ [input]: 'export function task() { return 1 }\n' }, { type, options })
    const { text } = project.generate(input)
    expect(text).toMatch(expected)
    expect(
      project.complaints([input.replace(/(\.[cm]?ts)$/, '.sync$1')], { verbatimModuleSyntax: false })
    ).toEqual([])
  })

  it('imports modules by paths from its own folder, also those that other modules import', () => {
    const project = userProject({
      'src/tasks/all.ts': `
        import type { Row } from '../types.js'
        export { LIMITS } from '../limits.js'
        export * from './more.js'
        export async function row(of: import('../types.js').Row): Promise<Row> { return of }
      `,
      'src/tasks/more.ts':
        "import type { Row } from '../types.js'\nexport async function rows() { return [] as Row[] }\n",
      'src/types.ts': 'export interface Row { id: number }\n',
      'src/limits.ts': LIMITS,
      'src/public/keep.ts': ''
    })
    const { text } = project.generate('src/tasks/all.ts', '-o', 'src/public/index.ts')
    const named = new Set([...text.matchAll(/"(\.[^"]*)"/g)].map(([, name]) => name))
    expect(named).toEqual(new Set(['../limits.js', '../tasks/all.js', '../types.js']))
    expect(project.complaints(['src/public/index.ts'])).toEqual([])
  })

  it('imports values with the file extensions that the project uses', () => {
    const files = { ...FILES, 'tasks.ts': TASKS.replaceAll('limits.js', 'limits.ts') }
    const project = userProject(files, { options: { rewriteRelativeImportExtensions: true } })
    const { text } = project.generate()
    expect(text).toContain('from "./limits.ts"')
    expect(text).toContain('new URL("./tasks.js", import.meta.url)')
    expect(project.complaints(['user.ts'], { rewriteRelativeImportExtensions: true })).toEqual([])
  })

  it('sees globals and aliases of the project', () => {
    const project = userProject(
      {
        'globals.d.ts': 'interface Everywhere { here: 1 }\n',
        'lib/row.ts': 'export interface Row { id: number }\n',
        'tasks.ts':
          "import type { Row } from '#lib/row.js'\nexport async function row(_: Everywhere): Promise<Row> { return { id: 1 } }\n"
      },
      { options: { paths: { '#lib/*': ['./lib/*'] } } }
    )
    const { text } = project.generate()
    expect(text).toContain('import type { Row } from "#lib/row.js"')
    expect(text).toContain('(_: Everywhere): Row')
  })

  it('declares only what @bridge/pool and the module of tasks export', () => {
    const project = userProject(FILES)
    project.generate()
    const host = ts.createCompilerHost({})
    let declared = ''
    host.writeFile = (name, text) => {
      if (name.endsWith('tasks.sync.d.ts')) declared = text
    }
    const options = {
      declaration: true,
      emitDeclarationOnly: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2023,
      strict: true,
      skipLibCheck: true
    }
    ts.createProgram([`${project.folder}/tasks.sync.ts`], options, host).emit()
    const named = [...declared.matchAll(/(?:from|import\() ?["']([^"']+)["']/g)].map(([, name]) => name)
    expect(new Set(named)).toEqual(new Set(['@bridge/pool', './tasks.js', './limits.js']))
  })
})
