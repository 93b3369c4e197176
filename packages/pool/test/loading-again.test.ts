import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { install, manifest, node, scratchFolder } from './project.js'

/** A project of these files. */
function project(files: Record<string, string>): string {
  const folder = scratchFolder(import.meta.dirname)
  manifest(folder, 'module')
  install(folder, '@bridge/pool')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const APP = `
  import { createPool } from '@bridge/pool'
  const pool = createPool({ maxThreads: 1 })
  const { f } = pool.import(new URL('./tasks.mjs', import.meta.url))
  for (const run of [() => f(), () => f().runSync()]) {
    try {
      console.log(await run())
    } catch (error) {
      console.log(error.code, error.message)
    }
  }
  await pool.close()`

const own = (call: string): string => `
  import { createPool, loop } from '@bridge/pool'
  const url = new URL('./tasks.mjs', import.meta.url)
  export const f = () => 1
  ${call}`

const REFUSED = /^(BRIDGE_DEADLOCK .*top level of .*tasks\.mjs itself.*Move the call into a function.*\n){2}$/

describe('a module that calls itself in threads while it is loaded', () => {
  it.each([
    ['awaits it', 'await createPool().import(url).f()'],
    ['blocks on it', 'createPool().import(url).f().runSync()'],
    ['blocks on it on the loop', 'loop.importSync(url).f()'],
    ['reads a stream of it', 'for await (const _ of createPool().import(url).f()) break'],
    ['makes an object of it', 'await new (createPool().import(url).F)().f()'],
    [
      'has waited for something before',
      "await import('node:fs/promises').then(fs => fs.stat(new URL(url)))\nawait createPool().import(url).f()"
    ],
    ['has it as the setup of its threads', 'await createPool({ setup: url }).warmUp()']
  ])('is refused where it %s', async (_, call) => {
    const { stdout } = await node(project({ 'app.mjs': APP, 'tasks.mjs': own(call) }), ['app.mjs'])
    expect(stdout).toMatch(REFUSED)
  })

  it('is refused if it does not await it', async () => {
    const files = {
      'app.mjs': APP.replace('{ f }', '{ below: f }'),
      'tasks.mjs': `
        import { createPool } from '@bridge/pool'
        console.log('loading')
        const inner = createPool({ maxThreads: 1 }).import(new URL('./tasks.mjs', import.meta.url))
        const called = inner.f().catch(error => error.code)
        export const f = () => 1
        export const outcome = () => called
        export const below = () => inner.outcome()`
    }
    const { stdout } = await node(project(files), ['app.mjs'])
    // The first thread, and the one that it starts; a third is not asked to.
    expect(stdout).toBe('loading\nloading\nBRIDGE_DEADLOCK\nBRIDGE_DEADLOCK\n')
  })

  it('is refused if another module is between', async () => {
    const between = (name: string, other: string): string => `
      import { createPool } from '@bridge/pool'
      export const f = () => createPool().import(new URL('./${other}.mjs', import.meta.url)).f()
      ${name === 'tasks' ? 'await f()' : ''}`
    const files = {
      'app.mjs': APP,
      'tasks.mjs': between('tasks', 'other'),
      'other.mjs': between('other', 'tasks')
    }
    expect((await node(project(files), ['app.mjs'])).stdout).toMatch(REFUSED)
  })

  it('runs if it does so on the main thread only', async () => {
    const call =
      "import { isMainThread } from 'node:worker_threads'\nif (isMainThread) console.log(await createPool().import(url).f())"
    const app = `import './tasks.mjs'\n${APP}`
    const { stdout } = await node(project({ 'app.mjs': app, 'tasks.mjs': own(call) }), ['app.mjs'])
    expect(stdout).toBe('1\n1\n1\n')
  })

  it('runs if it does so once, however it distinguishes the threads', async () => {
    const call =
      'if (process.env.BELOW === undefined) await createPool({ env: { BELOW: "1" } }).import(url).f()'
    const { stdout } = await node(project({ 'app.mjs': APP, 'tasks.mjs': own(call) }), ['app.mjs'])
    expect(stdout).toBe('1\n1\n')
  })

  it('is refused if two setups start each other', async () => {
    const setup = (other: string): string => `
      import { createPool } from '@bridge/pool'
      await createPool({ setup: new URL('./${other}.mjs', import.meta.url) }).warmUp()`
    const app = `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ setup: new URL('./one.mjs', import.meta.url) })
      await pool.warmUp().catch(error => console.log(error.code))
      await pool.close()`
    const files = { 'app.mjs': app, 'one.mjs': setup('two'), 'two.mjs': setup('one') }
    expect((await node(project(files), ['app.mjs'])).stdout).toBe('BRIDGE_DEADLOCK\n')
  })

  it('is refused also if another copy of core has loaded something meanwhile', async () => {
    const call = `
      import { inline } from '@bridge/pool'
      await inline.import(new URL('./missing.mjs', import.meta.url)).g().catch(() => {})
      await createPool().import(url).f()`
    const { stdout } = await node(project({ 'app.mjs': APP, 'tasks.mjs': own(call) }), ['app.mjs'])
    expect(stdout).toMatch(REFUSED)
  })

  it('may call another module, which calls it in a later call', async () => {
    const files = {
      'app.mjs': APP,
      'tasks.mjs': `
        import { createPool } from '@bridge/pool'
        const other = createPool().import(new URL('./other.mjs', import.meta.url))
        const two = await other.two()
        export const f = () => other.askBack()
        export const g = () => two`,
      'other.mjs': `
        import { createPool } from '@bridge/pool'
        export const two = () => 2
        export const askBack = () => createPool().import(new URL('./tasks.mjs', import.meta.url)).g()`
    }
    const { stdout, stderr } = await node(project(files), ['app.mjs'])
    expect({ stdout, stderr }).toEqual({ stdout: '2\n2\n', stderr: '' })
  })

  it('may be called in threads by asynchronous work that it has started, once it is loaded', async () => {
    const files = {
      'app.mjs': `
        import { createPool } from '@bridge/pool'
        const pool = createPool({ maxThreads: 1 })
        const own = pool.import(new URL('./tasks.mjs', import.meta.url))
        const other = pool.import(new URL('./other.mjs', import.meta.url))
        console.log(await own.g(), await other.result())
        await pool.close()`,
      'tasks.mjs': `
        import { AsyncResource } from 'node:async_hooks'
        import { createPool } from '@bridge/pool'
        const { f: again } = createPool().import(new URL('./tasks.mjs', import.meta.url))
        export const f = () => 1
        export const g = AsyncResource.bind(() => again())
        globalThis.g = g`,
      'other.mjs': 'const given = await globalThis.g()\nexport const result = () => given'
    }
    const { stdout, stderr } = await node(project(files), ['app.mjs'])
    expect({ stdout, stderr }).toEqual({ stdout: '1 1\n', stderr: '' })
  })
})

describe('a thread', () => {
  it('has promises as fast as before when loading is over', async () => {
    const files = {
      'app.mjs': `
        import { createPool } from '@bridge/pool'
        const pool = createPool({ maxThreads: 1 })
        const { inner } = pool.import(new URL('./tasks.mjs', import.meta.url))
        console.log(await inner())
        await pool.close()`,
      'tasks.mjs': `
        import { createPool } from '@bridge/pool'
        const { isOn } = createPool({ maxThreads: 1 }).import(new URL('./other.mjs', import.meta.url))
        await isOn()
        export const inner = () => isOn()`,
      'other.mjs': `
        const { chains } = globalThis[Symbol.for('@bridge/core/loading')]
        export const isOn = () => chains.enabled ?? false`
    }
    const { stdout, stderr } = await node(project(files), ['app.mjs'])
    // Newer Nodes have no such switch, and no such cost.
    expect({ stdout, stderr }).toEqual({ stdout: 'false\n', stderr: '' })
  })
})

describe('a preload that makes calls in threads', () => {
  const app = "console.log('main')"
  const tasks = 'export const f = () => 1'
  const preload = (call: string): string => `
    import { createPool, loop } from '@bridge/pool'
    import { isMainThread, threadId } from 'node:worker_threads'
    const url = new URL('./tasks.mjs', import.meta.url)
    try {
      console.log(${call})
    } catch (error) {
      console.log(isMainThread ? 'main' : 'thread', error.code, /isMainThread/.test(error.message))
    }`

  it.each([
    ['awaits', 'await createPool().import(url).f()'],
    ['blocks', 'createPool().import(url).f().runSync()'],
    ['blocks on the loop', 'loop.importSync(url).f()']
  ])('is refused in the threads where it %s, and gets its answer on the main thread', async (_, call) => {
    const files = { 'app.mjs': app, 'tasks.mjs': tasks, 'pre.mjs': preload(call) }
    const { code, stdout } = await node(project(files), ['--import', './pre.mjs', 'app.mjs'])
    // What a thread prints before it is up comes by way of the main thread, which may be blocked.
    const lines = stdout.trim().split('\n').sort()
    expect({ code, lines }).toEqual({ code: 0, lines: ['1', 'main', 'thread BRIDGE_DEADLOCK true'] })
  })

  it('is refused if it was loaded by require and does not await them', async () => {
    const required = `
      const { createPool } = require('@bridge/pool')
      const { isMainThread } = require('node:worker_threads')
      const { pathToFileURL } = require('node:url')
      const { join } = require('node:path')
      createPool({ maxThreads: 1 }).import(pathToFileURL(join(__dirname, 'tasks.mjs'))).f().then(
        value => console.log(value),
        error => console.log(isMainThread ? 'main' : 'thread', error.code)
      )`
    const files = { 'app.mjs': app, 'tasks.mjs': tasks, 'pre.cjs': required }
    const { code, stdout } = await node(project(files), ['--require', './pre.cjs', 'app.mjs'])
    const lines = stdout.trim().split('\n').sort()
    expect({ code, lines }).toEqual({ code: 0, lines: ['1', 'main', 'thread BRIDGE_DEADLOCK'] })
  })

  it('may start a worker in them that makes calls', async () => {
    const files = {
      'app.mjs': `
        import { createPool } from '@bridge/pool'
        const pool = createPool({ maxThreads: 1 })
        console.log(await pool.import(new URL('./tasks.mjs', import.meta.url)).f())
        await pool.close()`,
      'tasks.mjs': 'export const f = () => globalThis.answer',
      'plain.mjs': 'export const f = () => 1',
      'worker.mjs': `
        import { createPool } from '@bridge/pool'
        import { parentPort } from 'node:worker_threads'
        const pool = createPool({ maxThreads: 1 })
        const { f } = pool.import(new URL('./plain.mjs', import.meta.url))
        parentPort.postMessage(await f().catch(error => error.code))
        await pool.close()`,
      'pre.mjs': `
        import { isMainThread, Worker } from 'node:worker_threads'
        if (!isMainThread) {
          const worker = new Worker(new URL('./worker.mjs', import.meta.url), { execArgv: [] })
          globalThis.answer = await new Promise(resolve => worker.once('message', resolve))
        }`
    }
    const { stdout } = await node(project(files), ['--import', './pre.mjs', 'app.mjs'])
    expect(stdout).toBe('1\n')
  })
})
