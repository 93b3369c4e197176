import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readManifest } from '../workspace.js'
import { emptyFolder, ourTarballs, run, write } from './project.js'

const TASKS = `
  export function hash(text: string): string { return text }
  export async function* lines(file: string): AsyncGenerator<string> { yield file }
  export class Database {
    query(sql: string): Promise<string[]> { return Promise.resolve([sql]) }
    [Symbol.dispose](): void {}
  }
`
/** The exports of a library whose author leaves the types to the compiler. */
const LIBRARY = `
  import { join } from 'node:path'
  import { createPool, loop, notify, parallelMap, proxy, read, runScope, CallTimeoutError, type Call } from '@bridge/pool'
  export const pool = createPool({ maxThreads: 1 })
  export const tasks = pool.import<typeof import('./tasks.js')>(join(__dirname, 'tasks.js'))
  export const plain = loop.importSync<typeof import('./tasks.js')>(join(__dirname, 'tasks.js'))
  export const { hash, lines, Database } = tasks
  export const call = () => hash('x')
  export const stream = () => lines('x')
  export const open = () => new Database()
  export const opened = () => new plain.Database()
  export const texts = () => parallelMap(['a', 'b'], text => hash(text))
  export const bounded = (): Call<string> | Promise<string> => runScope({ timeout: 60_000 }, () => hash('bounded'))
  export const isTimeout = (error: unknown) => error instanceof CallTimeoutError
  export const others = { notify, proxy, read }
`
const APP = `
  const { call, isTimeout, open, opened, pool, texts } = require('./library.js')
  async function main() {
    console.log(await call(), await texts(), await open().query('q'), opened().query('r'), isTimeout(new Error()))
    await pool.close()
  }
  main()
`
const OPTIONS = [
  '--strict',
  '--declaration',
  '--target',
  'es2022',
  '--lib',
  'esnext',
  '--types',
  'node',
  '--outDir',
  'out'
]

let folder: string
let tsc: string

// Strict about names: a project may only name packages that it depends on itself.
beforeAll(async () => {
  folder = emptyFolder()
  const [pool, core, iter] = ourTarballs('@bridge/pool', '@bridge/core', '@bridge/iter')
  write(folder, {
    'package.json': JSON.stringify({
      private: true,
      dependencies: { '@bridge/pool': pool },
      devDependencies: { '@types/node': '20.19.0', typescript: '6.0.3' }
    }),
    'pnpm-workspace.yaml': `packages: []\noverrides:\n  '@bridge/core': '${core}'\n  '@bridge/iter': '${iter}'\n`,
    'tasks.ts': TASKS,
    'library.ts': LIBRARY,
    'app.js': APP
  })
  const pnpm = readManifest('.').packageManager ?? 'pnpm'
  const installed = await run(folder, 'npx', [
    '--yes',
    pnpm,
    'install',
    '--prefer-offline',
    '--no-frozen-lockfile'
  ])
  if (installed.code !== 0) throw new Error(installed.stdout + installed.stderr)
  tsc = createRequire(join(folder, 'package.json')).resolve('typescript/bin/tsc')
})

describe('a library that depends on @bridge/pool alone', () => {
  it('cannot import @bridge/core', async () => {
    const { code } = await run(folder, process.execPath, ['-e', "require.resolve('@bridge/core')"])
    expect(code).toBe(1)
  })

  it.each([
    ['nodenext', ['--module', 'nodenext']],
    ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit']],
    ['node10', ['--module', 'commonjs', '--moduleResolution', 'node10', '--ignoreDeprecations', '6.0']]
  ])('compiles with module resolution %s, and its declarations name nothing else', async (_, flags) => {
    rmSync(join(folder, 'out'), { recursive: true, force: true })
    const { code, stdout } = await run(folder, process.execPath, [tsc, ...OPTIONS, ...flags, 'library.ts'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    if (flags.includes('--noEmit')) return
    const declared = readFileSync(join(folder, 'out', 'library.d.ts'), 'utf8')
    expect(declared.match(/@bridge\/\w+/g)?.filter(name => name !== '@bridge/pool')).toEqual([])
    expect(declared).toMatch(/import\("@bridge\/pool"\)|from '@bridge\/pool'/)
    write(join(folder, 'out'), { 'app.js': APP })
    const ran = await run(join(folder, 'out'), process.execPath, ['app.js'])
    expect(ran).toEqual({ code: 0, stdout: "x [ 'a', 'b' ] [ 'q' ] [ 'r' ] false\n", stderr: '' })
  })
})
