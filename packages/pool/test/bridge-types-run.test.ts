import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it, onTestFinished } from 'vitest'
import { snippetsOf } from '../../../tools/readme-snippets.js'
import { textOf, type UserProject, userProject } from './bridge-types-helpers.js'
import { commandOf, node } from './project.js'

const COMMAND = commandOf('@bridge/pool', 'bridge-types')
const TASKS = 'export async function double(n: number) { return n * 2 }\n'

describe('bridge-types --watch', () => {
  /** Starts it, and gives what waits for a line that it prints. */
  function started(project: UserProject): { child: ChildProcess; says: (text: string) => Promise<string> } {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME }
    const child = spawn(process.execPath, [COMMAND, 'tasks.ts', '--watch'], { cwd: project.folder, env })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stderr.setEncoding('utf8').on('data', text => (said += text))
    const says = async (text: string): Promise<string> => {
      while (!said.includes(text)) await once(child.stderr, 'data')
      const all = said
      said = ''
      return all
    }
    return { child, says }
  }

  it('writes again when the module or what it imports changes, continues after errors, and ends on SIGINT', async () => {
    const project = userProject({
      'tasks.ts':
        "import type { Row } from './rows.js'\nexport async function row(): Promise<Row> { throw new Error() }\n",
      'rows.ts': 'export interface Row { id: number }\n'
    })
    const { child, says } = started(project)
    await says('tasks.sync.ts written')
    project.files({ 'tasks.ts': `${textOf(project, 'tasks.ts')}export const LIMIT = 1\n` })
    await says('tasks.sync.ts written')
    expect(textOf(project, 'tasks.sync.ts')).toContain('export const LIMIT = 1')
    project.files({ 'rows.ts': 'export type Row = Promise<{ id: 1 }>\n' })
    await says('written')
    expect(textOf(project, 'tasks.sync.ts')).toContain('(): Awaited<Row>')
    project.files({ 'tasks.ts': 'export async function row(): Promise<Nothing> { throw new Error() }\n' })
    await says("error TS2304: Cannot find name 'Nothing'")
    project.files({ 'tasks.ts': TASKS })
    await says('written')
    child.kill('SIGINT')
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
  })
})

describe('what bridge-types writes', () => {
  const files = {
    'errors.ts':
      'export class QuotaError extends Error { limit: number\n constructor(limit: number) { super("no more than " + limit); this.limit = limit } }\n',
    'tasks.ts': `
      import { isMainThread } from 'node:worker_threads'
      import { QuotaError } from './errors.js'
      export { QuotaError } from './errors.js'
      export const LIMIT = 3
      export async function upload(n: number) { if (n > LIMIT) throw new QuotaError(LIMIT); return { n, isMainThread } }
      export async function* count(to: number) { for (let n = 1; n <= to; n++) yield n }
      export class Counter {
        #n = 0
        static async from(n: number) { const made = new Counter(); made.#n = n; return made }
        async add(n: number) { this.#n += n; return this }
        get value() { return this.#n }
        async *[Symbol.asyncIterator]() { for (let n = 0; n < this.#n; n++) yield n }
        [Symbol.dispose]() {}
      }
      export default async function main() { return 'main' }
      function remove() { return 'removed' }
      export { remove as delete }
    `,
    'app.ts': `
      import main, * as tasks from './tasks.sync.js'
      import { Counter, LIMIT, QuotaError, count, upload } from './tasks.sync.js'
      console.log(upload(1), LIMIT, [...count(3)], main(), tasks.delete())
      try { upload(4) } catch (error) { console.log(error instanceof QuotaError && error.limit) }
      const counter = Counter.from(2).add(1)
      console.log(counter.value, [...counter], new Counter() instanceof Counter)
      counter[Symbol.dispose]()
    `
  }

  it.each([
    ['ES modules', 'module'],
    ['CommonJS', 'commonjs']
  ] as const)('runs as %s that TypeScript has compiled', async (_, type) => {
    const project = userProject(files, { type })
    project.generate()
    const { folder } = project
    const { options } = ts.convertCompilerOptionsFromJson(
      { module: 'nodenext', target: 'es2022', types: ['node'], strict: true, skipLibCheck: true },
      folder
    )
    const out = join(folder, 'out')
    const program = ts.createProgram([join(folder, 'app.ts')], { ...options, outDir: out, rootDir: folder })
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([])
    program.emit()
    for (const name of ['tasks.ts', 'errors.ts']) rmSync(join(folder, name))
    expect(await node(out, ['app.js'])).toEqual({
      code: 0,
      stdout: '{ n: 1, isMainThread: false } 3 [ 1, 2, 3 ] main removed\n3\n3 [ 0, 1, 2 ] true\n',
      stderr: ''
    })
  })

  it.each([
    ['../README.md', 'words.ts'],
    ['../../../docs/coming-from-python.md', 'dictionary.ts']
  ])('is what %s shows', (page, module) => {
    const snippets = snippetsOf(new URL(page, import.meta.url))
    const named = (name: string): string => snippets.find(({ file }) => file === name)?.source ?? ''
    const project = userProject({ [module]: named(module) })
    const { text } = project.generate(module, '-o', 'index.ts')
    // The page is written as this repository is.
    const bare = (of: string): string =>
      of
        .replace(/^\/\/.*$/gm, '')
        .replaceAll('"', "'")
        .replace(/[\s;]+/g, '')
    expect(bare(named('index.ts'))).toBe(bare(text))
  })
})
