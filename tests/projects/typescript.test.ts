import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { emptyFolder, projectWith, run, write } from './project.js'

/** With an enum, for which Node's own type stripping is not enough. */
const TASKS = `
  import { shout } from './text.js'
  export enum Mark { Exclamation = '!' }
  export const greet = (name: string): string => shout(\`hello \${name}\`) + Mark.Exclamation
`
const TEXT = 'export const shout = (text: string): string => text.toUpperCase()'
const APP = `
  import { createPool, loop } from '@bridge/pool'
  const url = new URL(process.argv[2] ?? './tasks.ts', import.meta.url)
  const pool = createPool({ maxThreads: 1 })
  type Tasks = typeof import('./tasks.js')
  const tasks = pool.import<Tasks>(url)
  if (process.argv[2] === undefined) await pool.import(() => import('./tasks.js'), import.meta.url).greet('once')
  console.log(await tasks.greet('you'), tasks.greet('her').runSync(), loop.importSync<Tasks>(url).greet('him'))
  await pool.close()
`
const worked = { code: 0, stdout: 'HELLO YOU! HELLO HER! HELLO HIM!\n' }

let folder: string
/** The application is JavaScript, and has tsx; tasks in other folders have none. */
let plain: string
let elsewhere: string

beforeAll(async () => {
  folder = await projectWith(
    {
      '@oxc-node/core': '0.1.7',
      '@swc-node/register': '1.12.1',
      '@swc/core': '1.16.22',
      tsx: '4.23.15',
      typescript: '6.0.3'
    },
    { type: 'module' }
  )
  const config = { compilerOptions: { module: 'nodenext', target: 'es2022' } }
  write(folder, {
    'tasks.ts': TASKS,
    'text.ts': TEXT,
    'app.ts': APP,
    'tsconfig.json': JSON.stringify(config)
  })
  plain = join(folder, 'plain')
  write(plain, { 'app.mjs': APP.replace(/^\s+type .*$/m, '').replaceAll('<Tasks>', '') })
  elsewhere = emptyFolder()
  write(elsewhere, { 'package.json': '{ "type": "module" }', 'tasks.ts': TASKS, 'text.ts': TEXT })
})

/** Without its tools: like a project that starts tsx by npx, or has it in another place. */
function withoutTools(): string {
  const target = emptyFolder()
  mkdirSync(join(target, 'node_modules'))
  cpSync(join(folder, 'node_modules', '@bridge'), join(target, 'node_modules', '@bridge'), {
    recursive: true
  })
  cpSync(join(folder, 'node_modules', 'synckit'), join(target, 'node_modules', 'synckit'), {
    recursive: true
  })
  for (const file of ['app.ts', 'tasks.ts', 'text.ts', 'package.json'])
    cpSync(join(folder, file), join(target, file))
  return target
}

describe('TypeScript that Node itself can not read', () => {
  it.each([
    ['the command of tsx', ['tsx', 'app.ts']],
    ['--import tsx', ['node', '--import', 'tsx', 'app.ts']],
    ['--import=tsx/esm', ['node', '--import=tsx/esm', 'app.ts']],
    ['swc', ['node', '--import', '@swc-node/register/esm-register', 'app.ts']],
    ['oxc', ['node', '--import', '@oxc-node/core/register', 'app.ts']]
  ] as const)('runs by %s', async (_, [command, ...args]) => {
    const { code, stdout, stderr } = await run(folder, command, args)
    expect({ code, stdout, stderr: code === 0 ? '' : stderr }).toEqual({ ...worked, stderr: '' })
  })

  it('runs by NODE_OPTIONS', async () => {
    const env = { NODE_OPTIONS: '--import tsx' }
    const { code, stdout, stderr } = await run(folder, 'node', ['app.ts'], { env })
    expect({ code, stdout, stderr: code === 0 ? '' : stderr }).toEqual({ ...worked, stderr: '' })
  })

  it('runs by the tsx that the process was started with, if none is installed', async () => {
    const tsx = join(folder, 'node_modules', 'tsx', 'dist', 'cli.mjs')
    const { code, stdout, stderr } = await run(withoutTools(), process.execPath, [tsx, 'app.ts'])
    expect({ code, stdout, stderr: code === 0 ? '' : stderr }).toEqual({ ...worked, stderr: '' })
  })

  it('runs by the tsx beside it, and by the one beside the application', async () => {
    for (const place of [join(folder, 'tasks.ts'), join(elsewhere, 'tasks.ts')]) {
      const { code, stdout, stderr } = await run(plain, 'node', ['app.mjs', `file://${place}`])
      expect({ code, stdout, stderr: code === 0 ? '' : stderr }).toEqual({ ...worked, stderr: '' })
    }
  })

  it('runs once, also if it later imports a module that cannot be parsed', async () => {
    write(plain, {
      'twice.ts':
        "process.stdout.write('run\\n')\nawait import('./wrong.mjs')\nexport const f = (x: number) => x",
      'wrong.mjs': 'const a = = 1',
      'once.mjs': `
        import { createPool } from '@bridge/pool'
        const pool = createPool({ maxThreads: 1 })
        await pool.import(new URL('./twice.ts', import.meta.url)).f(1).catch(error => console.log(error.code))
        await pool.close()`
    })
    const { code, stdout } = await run(plain, 'node', ['once.mjs'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'run\nBRIDGE_TASK_NOT_FOUND\n' })
  })

  it('with a wrong import gets an error of Node that names file and line, and what to write for a type', async () => {
    const target = withoutTools()
    write(target, {
      'wrong.ts': "import './helper.ts'",
      'helper.ts': 'export const a = 1\nconst b = = 2',
      'types.ts': "import { T } from './kinds.ts'\nexport const f = (x: T) => x",
      'kinds.ts': 'export type T = string',
      'app.mjs': `
        import { createPool } from '@bridge/pool'
        const pool = createPool({ maxThreads: 1 })
        for (const file of ['./wrong.ts', './types.ts']) {
          await pool.import(new URL(file, import.meta.url)).f().catch(error => console.log(error.message))
        }
        await pool.close()`
    })
    const { code, stdout } = await run(target, 'node', ['app.mjs'])
    expect(code).toBe(0)
    const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript)
    if (stripsTypes) {
      expect(stdout).toMatch(/wrong\.ts could not be loaded: .*\nfile:.*helper\.ts:2\n/)
      expect(stdout).toMatch(
        /types\.ts could not be loaded: .*'T'.*\nIf that is a type, write: import type\n$/s
      )
    } else expect(stdout.match(/is TypeScript .*start the process with tsx/g)).toHaveLength(2)
  })

  it('runs with decorators, which no Node reads, by the tsx beside it', async () => {
    write(plain, {
      'decorated.ts': `
        const twice = (method: (n: number) => number, _: unknown) => (n: number) => 2 * method(n)
        class Numbers {
          @twice
          add(n: number): number { return n + 1 }
        }
        export const f = (n: number): number => new Numbers().add(n)`,
      'decorated.mjs': `
        import { createPool } from '@bridge/pool'
        const pool = createPool({ maxThreads: 1 })
        console.log(await pool.import(new URL('./decorated.ts', import.meta.url)).f(1))
        await pool.close()`
    })
    const { code, stdout, stderr } = await run(plain, 'node', ['decorated.mjs'])
    expect({ code, stdout, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stdout: '4\n', stderr: '' })
  })

  it('gets an error that names the alternatives if there is no tsx', async () => {
    const target = withoutTools()
    write(target, { 'app.mjs': APP.replace(/^\s+type .*$/m, '').replaceAll('<Tasks>', '') })
    const { code, stderr } = await run(target, 'node', ['app.mjs'])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /tasks\.ts is TypeScript that Node .* can't import by itself.*start the process with tsx/
    )
  })
})
