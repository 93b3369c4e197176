import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CallTimeoutError, InvalidArgumentError, TaskNotFoundError } from '@bridge/core'
import { createSyncFn, TsRunner } from '@bridge/pool/synckit'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { runScript, thrown } from './helpers.js'
import { install, scratchFolder } from './project.js'
import { copied, path, url, type Work } from './synckit-helpers.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('the timeout of createSyncFn', () => {
  it.each([
    ['as a number', 1000],
    ['as an option', { timeout: 1000 }]
  ])('ends a call, and leaves the thread its state: %s', (_, given) => {
    const work = createSyncFn<Work>(copied('worker.mjs'), given)
    const before = [work('count'), work('thread')]
    expect(thrown(() => work('never'))).toBeInstanceOf(CallTimeoutError)
    expect(before).toEqual([1, work('thread')])
    expect(work('count')).toBe(2)
  })

  it('is that of SYNCKIT_TIMEOUT unless set', () => {
    vi.stubEnv('SYNCKIT_TIMEOUT', '1000')
    const work = createSyncFn<Work>(copied('worker.mjs'))
    expect(thrown(() => work('never'))).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 1000 })
  })

  it('has a thread replaced that is stuck', () => {
    const work = createSyncFn<Work>(copied('worker.mjs'), 1000)
    const before = work('thread')
    expect(thrown(() => work('spin'))).toBeInstanceOf(CallTimeoutError)
    expect(work('thread')).not.toBe(before)
  })
})

describe('createSyncFn', () => {
  it('refuses a path that is not absolute, and says what to write', () => {
    const error = thrown(() => createSyncFn('./worker.js'))
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(error.message).toMatch(/absolute.*require\.resolve.*got \.\/worker\.js/)
  })

  it('refuses a runner that it does not know, and names those that it does', () => {
    const error = thrown(() => createSyncFn(path('typed.ts'), { tsRunner: 'deno' as 'bun' }))
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(error.message).toMatch(/got deno$/)
    expect(error.message).toContain(Object.values(TsRunner).join(', '))
  })

  it('has the first call told why a worker can not be loaded', () => {
    const broken = createSyncFn<Work>(url('broken.mjs'))
    const error = thrown(() => broken('count'))
    expect(error).toBeInstanceOf(TaskNotFoundError)
    expect(error.message).toMatch(/broken\.mjs could not be loaded: broken from the start/)
    expect(error.cause).toMatchObject({ message: 'broken from the start' })
  })

  it('has a call told that its worker serves nothing', async () => {
    // Half a minute is over at once in the thread.
    const hurry = `
      import timers from 'node:timers'
      import { syncBuiltinESMExports } from 'node:module'
      import { isMainThread } from 'node:worker_threads'
      const { setTimeout } = timers
      if (!isMainThread) timers.setTimeout = (fn, ms, ...args) => setTimeout(fn, ms === 30_000 ? 0 : ms, ...args)
      syncBuiltinESMExports()`
    const flags = ['--import', `data:text/javascript,${encodeURIComponent(hurry)}`]
    const { stdout, stderr } = await runScript(
      `import { createSyncFn } from '@bridge/pool/synckit'
      try { createSyncFn(new URL(${JSON.stringify(url('silent.mjs').href)}))() }
      catch (error) { console.log(error.code, error.message) }`,
      flags
    )
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^BRIDGE_TASK_NOT_FOUND .*silent\.mjs has served nothing.*runAsWorker\(\)/)
  })

  it.each([
    ['as it is', 'typed.ts'],
    ['by the name that it is compiled to', 'typed.js'],
    ['without an extension', 'typed']
  ])('finds a worker that is TypeScript, named %s', (_, name) => {
    const folder = dirname(copied('typed.ts'))
    const double = createSyncFn<(value: number) => Promise<number>>(join(folder, name), {
      tsRunner: TsRunner.TSX
    })
    expect(double(21)).toBe(42)
  })

  it('gives its thread the flags that it is told, and the environment', () => {
    vi.stubEnv('FROM_PARENT', 'yes')
    const prepared = `data:text/javascript,${encodeURIComponent('globalThis.prepared = 1')}`
    const execArgv = ['--import', prepared]
    const work = createSyncFn<Work>(copied('worker.mjs'), { execArgv })
    expect(work('environment')).toEqual(['yes', execArgv, 'number'])
  })

  it('takes the flags of SYNCKIT_EXEC_ARGV unless it is told others', () => {
    vi.stubEnv('SYNCKIT_EXEC_ARGV', '--no-warnings,--no-deprecation')
    const work = createSyncFn<Work>(copied('worker.mjs'))
    expect(work('environment')).toEqual([undefined, ['--no-warnings', '--no-deprecation'], 'undefined'])
  })

  it('has what a worker is to find imported before it, from where that lies, and leaves out what is not installed', () => {
    const shims = [
      { moduleName: 'node:path', globalName: 'joined', named: 'join' },
      { moduleName: 'node:path', globalName: 'posix', named: null },
      { moduleName: 'not-installed', globalName: 'missing' }
    ]
    const seen = createSyncFn<() => unknown>(copied('shimmed.cjs'), { globalShims: shims })
    expect(seen()).toEqual(['function', 'function', false])
  })
})

/** The folder of a package that finds ours. */
function installedPlugin(): string {
  const project = scratchFolder(import.meta.dirname)
  install(project, '@bridge/pool')
  const folder = join(project, 'node_modules', 'plugin')
  mkdirSync(folder)
  return folder
}

describe('workers of one installed package', () => {
  it('share a thread, and no other worker is on it', () => {
    const folder = scratchFolder(import.meta.dirname)
    install(folder, '@bridge/pool')
    const inPackage = (name: string, file: string): string => {
      const target = join(folder, 'node_modules', name, file)
      mkdirSync(dirname(target), { recursive: true })
      cpSync(path('worker.mjs'), target)
      return target
    }
    const threadOf = (file: string): unknown => createSyncFn<Work>(file)('thread')
    const [a, b] = [threadOf(inPackage('@one/plugin', 'a.mjs')), threadOf(inPackage('@one/plugin', 'b.mjs'))]
    expect(a).toBe(b)
    expect(threadOf(inPackage('@one/other', 'a.mjs'))).not.toBe(a)
    expect(threadOf(copied('worker.mjs'))).not.toBe(a)
  })

  it('serve each its own function, and have each its own state', () => {
    const folder = installedPlugin()
    const [esm, cjs, late] = ['worker.mjs', 'worker.cjs', 'late.cjs'].map(name =>
      createSyncFn<(...args: unknown[]) => unknown>(copied(name, folder))
    )
    expect([late?.('a/b'), esm?.('count'), cjs?.(), esm?.('count')]).toEqual(['a/b', 1, 101, 2])
  })

  it('have a thread of their own where they are to run otherwise', () => {
    const folder = installedPlugin()
    const plain = createSyncFn<Work>(copied('worker.mjs', folder))
    cpSync(path('worker.mjs'), join(folder, 'flagged.mjs'))
    const flagged = createSyncFn<Work>(join(folder, 'flagged.mjs'), { execArgv: ['--no-warnings'] })
    expect(plain('thread')).not.toBe(flagged('thread'))
  })
})
