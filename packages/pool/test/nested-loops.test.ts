import { describe, expect, it } from 'vitest'
import { pooled, rejection, runScript } from './helpers.js'

const LOOPS = new URL('./fixtures/nested-loops.mjs', import.meta.url)
const MEMORY = new URL('./fixtures/memory.mjs', import.meta.url)

const script = (body: string): string => `
  import { Worker } from 'node:worker_threads'
  import { loop } from '@bridge/pool'
  const { descend } = loop.import(${JSON.stringify(LOOPS.href)})
  ${body}`

describe('loops inside of loops', () => {
  it('take a thread for each level that is blocked, and no additional thread that watches the next', async () => {
    const { code, stdout, stderr } = await runScript(
      script(`
        console.log(descend(7, 300).runSync())
        // Node numbers the threads as it starts them.
        console.log(new Worker('', { eval: true }).threadId)`)
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('8\n9\n')
  }, 60_000)

  it('are refused beyond the number that the environment allows, and the outer threads continue', async () => {
    const { code, stdout, stderr } = await runScript(
      script(`
        for (const levels of [3, 4, 30]) {
          try { console.log(descend(levels, 0).runSync()) }
          catch (error) { console.log(error.code, error.message.includes('BRIDGE_MAX_THREADS')) }
          await descend(levels, 0).catch(error => console.log(error.code))
        }`),
      [],
      { ...process.env, BRIDGE_MAX_THREADS: '4' }
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('4\nBRIDGE_DEADLOCK true\nBRIDGE_DEADLOCK\nBRIDGE_DEADLOCK true\nBRIDGE_DEADLOCK\n')
  }, 60_000)
})

describe('an object of a loop below a thread', () => {
  it.each(['inData', 'awaited', 'itself'] as const)(
    'can not be passed on, with an error that says so: %s',
    async name => {
      const { pool } = pooled({ maxThreads: 1 })
      const tasks = pool.import<typeof import('./fixtures/gives-below.mjs')>(
        new URL('./fixtures/gives-below.mjs', import.meta.url)
      )
      const error = await rejection(tasks[name]())
      expect(error.code).toBe('BRIDGE_NOT_CLONEABLE')
      expect(error.message).toMatch(/the Kept lives on loop of this thread/)
    }
  )
})

describe('a thread that runs out of memory below another one', () => {
  it('fails a blocked caller there, and the next call works', async () => {
    const { pool } = pooled({ maxThreads: 1 })
    const tasks = pool.import<typeof import('./fixtures/nested-loops.mjs')>(LOOPS)
    expect(await tasks.exhaustBelow(MEMORY.href)).toEqual(['BRIDGE_WORKER_LOST', true, 3])
  }, 60_000)
})
