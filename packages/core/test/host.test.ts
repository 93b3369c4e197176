import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { TaskNotFoundError } from '@bridge/core'
import { decodeThrown } from '@bridge/core/executor'
import { loadModule, runTask } from '@bridge/core/host'
import { describe, expect, test } from 'vitest'
import { runSource, scratchFolder } from './child.js'

function moduleOf(source: string, name = 'tasks.mjs'): string {
  const file = join(scratchFolder(), name)
  writeFileSync(file, source)
  return pathToFileURL(file).href
}

const run = async (module: string, name: string, ...args: unknown[]) =>
  runTask({ name, module, args }).outcome

describe('runTask', () => {
  test('returns the value of a function, synchronous or not', async () => {
    const module = moduleOf('export const add = (a, b) => a + b; export const later = async n => n')
    expect(await run(module, 'add', 1, 2)).toEqual({ type: 'value', value: 3 })
    expect(await run(module, 'later', 4)).toEqual({ type: 'value', value: 4 })
  })

  test('ends immediately if its module is loaded and its function does not wait', async () => {
    const module = moduleOf('export const add = (a, b) => a + b')
    await run(module, 'add', 1, 2)
    expect(runTask({ name: 'add', module, args: [3, 4] }).outcome).toEqual({ type: 'value', value: 7 })
  })

  test('returns an iterator for generators, with their kind', async () => {
    const module = moduleOf(
      'export function* items() { yield 1 }; export async function* later() { yield 1 }'
    )
    expect(await run(module, 'items')).toMatchObject({ type: 'stream', isAsync: false })
    expect(await run(module, 'later')).toMatchObject({ type: 'stream', isAsync: true })
  })

  test('encodes what was thrown, and never rejects', async () => {
    const module = moduleOf(`
      export const fail = () => { throw new RangeError('no') }
      export const later = async () => { throw undefined }`)
    const outcome = await run(module, 'fail')
    if (outcome.type !== 'error') throw new Error(outcome.type)
    expect(decodeThrown(outcome.error)).toBeInstanceOf(RangeError)
    expect(await run(module, 'later')).toEqual({ type: 'error', error: { value: undefined } })
  })

  test('finds the exports of a CommonJS module, also those that exist only at run time', async () => {
    const module = moduleOf("module.exports = { ['ad' + 'd']: (a, b) => a + b }", 'tasks.cjs')
    expect(await run(module, 'add', 1, 2)).toEqual({ type: 'value', value: 3 })
  })

  test('notifies its task of a cancellation', async () => {
    const module = moduleOf(`
      import { currentTask } from '@bridge/core'
      export const until = () => new Promise((_, reject) => {
        const { signal } = currentTask()
        signal.addEventListener('abort', () => reject(signal.reason))
      })`)
    await loadModule(module)
    const running = runTask({ name: 'until', module, args: [] })
    running.cancel('enough')
    expect(await running.outcome).toEqual({ type: 'error', error: { value: 'enough' } })
  })

  test('shows a task the flag that its caller sets, without any event', async () => {
    const module = moduleOf(`
      import { currentTask } from '@bridge/core'
      export const loop = () => { let n = 0; while (!currentTask().aborted) n++; return n }`)
    await loadModule(module)
    let reads = 0
    const { outcome } = runTask({ name: 'loop', module, args: [] }, () => ++reads > 3)
    expect(outcome).toEqual({ type: 'value', value: 3 })
  })
})

describe('loadModule', () => {
  test('loads a module once, and gives its exports', async () => {
    const module = moduleOf(
      'globalThis.loads = (globalThis.loads ?? 0) + 1; export const loads = globalThis.loads'
    )
    const [a, b] = await Promise.all([loadModule(module), loadModule(module)])
    expect(a).toBe(b)
    expect((await loadModule(module)) as object).toMatchObject({ loads: 1 })
  })

  test('tries again after a failure', async () => {
    const folder = scratchFolder()
    const url = pathToFileURL(join(folder, 'late.mjs')).href
    await expect(loadModule(url)).rejects.toThrow(TaskNotFoundError)
    writeFileSync(join(folder, 'late.mjs'), 'export const here = true')
    expect(await loadModule(url)).toMatchObject({ here: true })
  })
})

describe("an application's entry module", () => {
  test('is refused in a worker, with what to do instead', async () => {
    const { code, stdout, stderr } = await runSource(`
      import '@bridge/core'
      import { Worker, threadId } from 'node:worker_threads'
      if (threadId > 0) throw new Error('started again')
      console.log('started')
      const source = \`
        const { runTask } = require('@bridge/core/host')
        const { parentPort, workerData } = require('node:worker_threads')
        runTask({ name: 'x', module: workerData, args: [] }).outcome.then(o => parentPort.postMessage(o.error.error))\`
      const { writeFileSync } = await import('node:fs')
      const file = new URL('./worker.cjs', import.meta.url)
      writeFileSync(file, source)
      const worker = new Worker(file, { workerData: import.meta.url })
      worker.on('message', error => console.log(error.className, error.message.includes('a module of their own')))`)
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'started\nInvalidArgumentError true\n',
      stderr: ''
    })
  })

  test('is allowed if it is guarded', async () => {
    const { code, stdout, stderr } = await runSource(`
      import '@bridge/core'
      import { Worker, isMainThread } from 'node:worker_threads'
      export const where = () => (isMainThread ? 'main' : 'worker')
      if (isMainThread) {
        console.log('started')
        const source = \`
          const { runTask } = require('@bridge/core/host')
          const { parentPort, workerData } = require('node:worker_threads')
          runTask({ name: 'where', module: workerData, args: [] }).outcome.then(o => parentPort.postMessage(o.value))\`
        const { writeFileSync } = await import('node:fs')
        const file = new URL('./worker.cjs', import.meta.url)
        writeFileSync(file, source)
        new Worker(file, { workerData: import.meta.url }).on('message', value => console.log(value))
      }`)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'started\nworker\n', stderr: '' })
  })

  test('can be imported on the main thread, where it is loaded already', async () => {
    const { stdout } = await runSource(`
      import { inline } from '@bridge/core'
      export const add = (a, b) => a + b
      setImmediate(async () => console.log(await inline.import(import.meta.url).add(1, 2)))`)
    expect(stdout).toBe('3\n')
  })
})
