import { beforeAll, describe, expect, it } from 'vitest'
import { projectWith, run, write } from './project.js'

const TASKS = `
  export function fail(): never {
    throw new Error('failed')
  }
  export async function failLater(): Promise<never> {
    await null
    return fail()
  }
  export function* failing(): Generator<number> {
    yield 1
    fail()
  }
`
const APP = `
  import { createContext } from '@bridge/context'
  import { createPool, loop } from '@bridge/pool'
  const url = new URL('./tasks.EXT', import.meta.url)
  const pool = createPool({ maxThreads: 1 })
  const user = createContext<string>('user')
  async function stacks(): Promise<void> {
    for (const executor of [pool, loop]) {
      const tasks = executor.import<typeof import('./tasks.js')>(url)
      const runs = [
        () => tasks.fail(),
        () => tasks.failLater(),
        () => user.run('Ada', () => tasks.fail()),
        async () => { for await (const _ of tasks.failing()); },
        () => tasks.fail().runSync(),
        () => user.run('Ada', () => tasks.fail().runSync())
      ]
      for (const run of runs) {
        try {
          await run()
        } catch (error) {
          console.log(JSON.stringify((error as Error).stack))
        }
      }
    }
  }
  await stacks()
  await pool.close()
`
let folder: string

/** The same without its types. */
const plain = (text: string): string =>
  text
    .replace(/\)?: (never|Promise<\w+>|Generator<number>) \{/g, ') {')
    .replace(/\): Promise<void> \{/g, ') {')
    .replace(/<(typeof import\([^)]*\)|string)>/g, '')
    .replace(/\(error as Error\)/g, 'error')

beforeAll(async () => {
  folder = await projectWith({ tsx: '4.23.15' }, { type: 'module' })
  write(folder, {
    'tasks.ts': TASKS,
    'app.ts': APP.replace('EXT', 'ts'),
    'plain/tasks.js': plain(TASKS),
    'plain/app.js': plain(APP.replace('EXT', 'js'))
  })
})

describe('the stacks of errors', () => {
  it.each([
    ['as Node writes them', ['node', 'plain/app.js']],
    ['with --enable-source-maps', ['node', '--enable-source-maps', 'plain/app.js']],
    ['by tsx', ['tsx', 'app.ts']],
    [
      'by --import tsx and --enable-source-maps',
      ['node', '--enable-source-maps', '--import', 'tsx', 'app.ts']
    ]
  ] as const)("show the user's frames and none of ours, %s", async (_, [command, ...args]) => {
    const { code, stdout, stderr } = await run(folder, command, args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const stacks = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as string)
    expect(stacks).toHaveLength(12)
    for (const stack of stacks) {
      expect(stack).toMatch(/^Error: failed\n {4}at .*tasks\.[jt]s:\d+/)
      expect(stack).not.toMatch(/@bridge|\[worker eval\]/)
    }
  })
})
