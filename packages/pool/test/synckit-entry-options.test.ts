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

/** The folder of a package that finds ours. */
function installedPlugin(): string {
  const project = scratchFolder(import.meta.dirname)
  install(project, '@bridge/pool')
  const folder = join(project, 'node_modules', 'plugin')
  mkdirSync(folder)
  return folder
}

/** A worker by two names of its file, on one thread that has started: without a timeout, and with what is given. */
function timedAndUntimed(given: number | { timeout: number }) {
  const folder = installedPlugin()
  const untimed = createSyncFn<Work>(copied('worker.mjs', folder))
  untimed('echo')
  return { untimed, timed: createSyncFn<Work>(`${folder}/./worker.mjs`, given) }
}

describe('the timeout of createSyncFn', () => {
  it.each([
    ['as a number', 20],
    ['as an option', { timeout: 20 }]
  ])('ends a call, and leaves the thread its state: %s', (_, given) => {
    const { untimed, timed } = timedAndUntimed(given)
    const before = [untimed('count'), untimed('thread')]
    expect(thrown(() => timed('never'))).toBeInstanceOf(CallTimeoutError)
    expect(before).toEqual([1, untimed('thread')])
    expect(untimed('count')).toBe(2)
  })

  it('is that of SYNCKIT_TIMEOUT unless set', () => {
    vi.stubEnv('SYNCKIT_TIMEOUT', '20')
    const work = createSyncFn<Work>(copied('worker.mjs'))
    expect(thrown(() => work('never'))).toMatchObject({ code: 'BRIDGE_TIMEOUT', timeout: 20 })
  })

  it('has a stuck thread replaced', () => {
    const { untimed, timed } = timedAndUntimed(20)
    const before = untimed('thread')
    // A call that times out before the thread has started it does not block the thread.
    do expect(thrown(() => timed('spin'))).toBeInstanceOf(CallTimeoutError)
    while (untimed('thread') === before)
  })
})

describe('createSyncFn', () => {
  it('refuses a path that is not absolute, with what to write instead', () => {
    const error = thrown(() => createSyncFn('./worker.js'))
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(error.message).toMatch(/absolute.*require\.resolve.*got \.\/worker\.js/)
  })

  it('refuses an unknown runner, with the names of the known ones', () => {
    const error = thrown(() => createSyncFn(path('typed.ts'), { tsRunner: 'deno' as 'bun' }))
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(error.message).toMatch(/got deno$/)
    expect(error.message).toContain(Object.values(TsRunner).join(', '))
  })

  it('throws at the first call why a worker cannot be loaded', () => {
    const broken = createSyncFn<Work>(url('broken.mjs'))
    const error = thrown(() => broken('count'))
    expect(error).toBeInstanceOf(TaskNotFoundError)
    expect(error.message).toMatch(/broken\.mjs could not be loaded: broken from the start/)
    expect(error.cause).toMatchObject({ message: 'broken from the start' })
  })

  it('throws at a call whose worker serves no function', async () => {
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

  it('gives its thread the given flags, and the environment', () => {
    vi.stubEnv('FROM_PARENT', 'yes')
    const prepared = `data:text/javascript,${encodeURIComponent('globalThis.prepared = 1')}`
    const execArgv = ['--import', prepared]
    const work = createSyncFn<Work>(copied('worker.mjs'), { execArgv })
    expect(work('environment')).toEqual(['yes', execArgv, 'number'])
  })

  it('takes the flags of SYNCKIT_EXEC_ARGV unless others are given', () => {
    vi.stubEnv('SYNCKIT_EXEC_ARGV', '--no-warnings,--no-deprecation')
    const work = createSyncFn<Work>(copied('worker.mjs'))
    expect(work('environment')).toEqual([undefined, ['--no-warnings', '--no-deprecation'], 'undefined'])
  })

  it('imports the shims of a worker before it, relative to the worker, and skips those that are not installed', () => {
    const shims = [
      { moduleName: 'node:path', globalName: 'joined', named: 'join' },
      { moduleName: 'node:path', globalName: 'posix', named: null },
      { moduleName: 'not-installed', globalName: 'missing' }
    ]
    const seen = createSyncFn<() => unknown>(copied('shimmed.cjs'), { globalShims: shims })
    expect(seen()).toEqual(['function', 'function', false])
  })
})

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

  it('have separate threads if their options differ', () => {
    const folder = installedPlugin()
    const plain = createSyncFn<Work>(copied('worker.mjs', folder))
    cpSync(path('worker.mjs'), join(folder, 'flagged.mjs'))
    const flagged = createSyncFn<Work>(join(folder, 'flagged.mjs'), { execArgv: ['--no-warnings'] })
    expect(plain('thread')).not.toBe(flagged('thread'))
  })
})
