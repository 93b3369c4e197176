import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { snippetsOf } from '../../tools/readme-snippets.js'
import { outsideOfNpm } from '../environment.js'
import { readManifest, root } from '../workspace.js'
import { emptyFolder, node, projectWith, run, write } from './project.js'

const NAME = '@bridge/example-library'

/** How an application uses the library, in TypeScript; the JavaScript version is the same without types. */
const app = (types: { notebook: string; data: string; error: string }): string => `
  mkdirSync('notes', { recursive: true })
  mkdirSync('copies', { recursive: true })
  const notebook${types.notebook} = Notebook.open${types.data}('notes').write('one', { n: 1 }).write('two', { n: 2 })
  const copies = new Notebook${types.data}('copies')
  console.log(FORMAT, NAMES.test('x'), count('notes'), count(['notes', 'copies']), notebook.writes)
  console.log(readNote${types.data}('notes', 'one').data.n, [...notes('notes', { limit: 1 })].length, copy(notebook, { to: copies }))
  for (const note of notebook) console.log(note.name, note.data.n, copies.read(note.name).data.n)
  try {
    readNote('notes', 'none')
  } catch (error${types.error}) {
    if (error instanceof NoteNotFoundError) console.log(error.note)
  }
`
const NAMES = 'copy, count, FORMAT, NAMES, NoteNotFoundError, Notebook, notes, readNote'
const JAVASCRIPT = app({ notebook: '', data: '', error: '' })
const TYPESCRIPT = app({ notebook: ': Notebook<{ n: number }>', data: '<{ n: number }>', error: ': unknown' })
const PRINTED = '1 true 2 [ 2, 0 ] 2\n1 1 2\none 1 1\ntwo 2 2\nnone\n'
const TYPES = `
  import type { Call } from '@bridge/pool'
  import { readNote, Notebook, type Note } from '${NAME}'
  export const later = (): Call<Note<{ n: number }>> => readNote.async<{ n: number }>('notes', 'one')
  export const opened = (): Call<Notebook<{ n: number }>> => Notebook.open.async<{ n: number }>('notes')
  // @ts-expect-error: what its bound forbids
  export type Unbound = Notebook<string>
  // @ts-expect-error: there is no such option
  export const none = (): unknown => [...notes('notes', { most: 1 })]
  import { notes } from '${NAME}'
`

let tarball: string

/** Packs the library as it would be published; it is private here. */
beforeAll(async () => {
  const folder = emptyFolder()
  const pnpm = readManifest('.').packageManager ?? 'pnpm'
  const args = ['--yes', pnpm, '--filter', NAME, 'pack', '--pack-destination', folder]
  await promisify(execFile)('npx', args, { cwd: root, env: outsideOfNpm })
  tarball = join(folder, readdirSync(folder).find(file => file.endsWith('.tgz')) as string)
})

describe('the example library', () => {
  let folder: string
  beforeAll(async () => {
    folder = await projectWith({ [NAME]: `file:${tarball}`, '@types/node': '20.19.0', typescript: '6.0.3' })
  })

  const used = (name: string): string => {
    const path = join(folder, name)
    rmSync(path, { recursive: true, force: true })
    mkdirSync(path)
    return path
  }
  const compiled = (path: string, ...flags: string[]) => {
    const tsc = createRequire(join(folder, 'package.json')).resolve('typescript/bin/tsc')
    const options = [
      '--strict',
      '--target',
      'es2022',
      '--lib',
      'esnext',
      '--types',
      'node',
      '--declaration',
      '--outDir',
      'out'
    ]
    return run(path, process.execPath, [tsc, ...options, ...flags])
  }

  it('is used from JavaScript, as an ES module and by require', async () => {
    const path = used('javascript')
    write(path, {
      'app.mjs': `import { mkdirSync } from 'node:fs'\nimport { ${NAMES} } from '${NAME}'\n${JAVASCRIPT}`,
      'app.cjs': `const { mkdirSync } = require('node:fs')\nconst { ${NAMES} } = require('${NAME}')\n${JAVASCRIPT}`
    })
    expect(await node(path, 'app.mjs')).toEqual({ code: 0, stdout: PRINTED, stderr: '' })
    rmSync(join(path, 'copies'), { recursive: true })
    rmSync(join(path, 'notes'), { recursive: true })
    expect(await node(path, 'app.cjs')).toEqual({ code: 0, stdout: PRINTED, stderr: '' })
  })

  it('is used as its README shows', async () => {
    const [snippet] = snippetsOf(new URL('../../apps/example-library/README.md', import.meta.url))
    const path = used('readme')
    mkdirSync(join(path, 'notes'))
    write(path, { 'app.mjs': snippet?.source ?? '' })
    expect(await node(path, 'app.mjs')).toEqual({ code: 0, stdout: 'rain\n', stderr: '' })
    expect(snippet?.prints).toBe('rain\n')
  })

  it.each([
    ['ES modules', 'module', ['--module', 'nodenext']],
    ['ES modules of a bundler', 'module', ['--module', 'esnext', '--moduleResolution', 'bundler']],
    ['CommonJS', 'commonjs', ['--module', 'nodenext']],
    [
      'CommonJS, resolved as Node 10 did',
      'commonjs',
      ['--module', 'commonjs', '--moduleResolution', 'node10', '--ignoreDeprecations', '6.0']
    ]
  ])('is used from TypeScript that is compiled to %s', async (name, type, flags) => {
    const path = used(name.replaceAll(/\W/g, '-'))
    write(path, {
      'package.json': JSON.stringify({ private: true, type }),
      'app.ts': `import { mkdirSync } from 'node:fs'\nimport { ${NAMES} } from '${NAME}'\n${TYPESCRIPT}`,
      'types.ts': TYPES
    })
    expect(await compiled(path, ...flags, 'app.ts', 'types.ts')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await node(path, 'out/app.js')).toEqual({ code: 0, stdout: PRINTED, stderr: '' })
  })

  it('declares only its own files and @bridge/pool', () => {
    const dist = join(folder, 'node_modules', NAME, 'dist')
    const declarations = readdirSync(dist).filter(file => /\.d\.c?ts$/.test(file))
    expect(declarations).toEqual(expect.arrayContaining(['index.d.cts', 'index.d.ts', 'tasks.d.ts']))
    const named = declarations.flatMap(file => [
      ...readFileSync(join(dist, file), 'utf8').matchAll(/(?:from|import\() ?["']([^"'.][^"']*)["']/g)
    ])
    expect(new Set(named.map(([, name]) => name))).toEqual(new Set(['@bridge/pool']))
  })

  it('is checked by its build', () => {
    const { scripts } = readManifest('apps/example-library') as unknown as { scripts: Record<string, string> }
    expect(scripts.build).toMatch(/check/)
    expect(scripts.check).toMatch(/ --check$/)
  })
})

describe('bridge-types of an installed @bridge/pool', () => {
  const TASKS = 'export async function task<T>(of: T): Promise<T> { return of }\n'

  it('says what to install if there is no TypeScript', async () => {
    const folder = await projectWith()
    write(folder, { 'tasks.ts': TASKS })
    const { code, stderr } = await run(folder, 'bridge-types', ['tasks.ts'])
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'bridge-types needs TypeScript 5.9 or 6, and none is installed: npm install --save-dev typescript@6\n'
    })
  })

  it.each(['5.9.3', '6.0.3'])(
    'writes types with TypeScript %s that the same version compiles',
    async typescript => {
      const folder = await projectWith({ typescript, '@types/node': '20.19.0' }, { type: 'module' })
      write(folder, {
        'tasks.ts': TASKS,
        'tsconfig.json':
          '{ "compilerOptions": { "module": "nodenext", "target": "es2023", "lib": ["esnext"], "types": ["node"], "strict": true } }'
      })
      expect(await run(folder, 'bridge-types', ['tasks.ts'])).toEqual({ code: 0, stdout: '', stderr: '' })
      expect(await run(folder, 'tsc', [])).toEqual({ code: 0, stdout: '', stderr: '' })
      write(folder, { 'app.js': "import { task } from './tasks.sync.js'\nconsole.log(task([1]))\n" })
      expect(await node(folder, 'app.js')).toEqual({ code: 0, stdout: '[ 1 ]\n', stderr: '' })
    }
  )
})
