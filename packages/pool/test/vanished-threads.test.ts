import { createPool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pooled, rejection, runScript, TASKS, thrown } from './helpers.js'

const MEMORY = new URL('./fixtures/memory.mjs', import.meta.url)

function smallPool() {
  const pool = createPool({ maxThreads: 1, resourceLimits: { maxOldGenerationSizeMb: 20 } })
  onTestFinished(() => pool.close({ drain: false }))
  return pool
}

describe('a thread that runs out of memory', () => {
  it('fails its awaited call, and the next one works', async () => {
    const tasks = smallPool().import<typeof import('./fixtures/memory.mjs')>(MEMORY)
    expect(await rejection(tasks.exhaust())).toMatchObject({
      code: 'BRIDGE_WORKER_LOST',
      cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' }
    })
    expect(await tasks.add(1, 2)).toBe(3)
  })

  it('fails a blocked caller that set no timeout, and the next call works', () => {
    const tasks = smallPool().importSync<typeof import('./fixtures/memory.mjs')>(MEMORY)
    expect(tasks.add(1, 2)).toBe(3)
    const error = thrown(() => tasks.exhaust())
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(error.message).toContain('exhaust() ended with its thread of pool')
    expect(error.message).toContain('out of memory')
    expect(tasks.add(3, 4)).toBe(7)
  })

  it('fails a blocked consumer of its stream after the items before, and the next call works', () => {
    const tasks = smallPool().importSync<typeof import('./fixtures/memory.mjs')>(MEMORY)
    const seen: unknown[] = []
    const error = thrown(() => {
      for (const item of tasks.exhaustAfterOne()) seen.push(item)
    })
    expect(seen).toEqual([1])
    expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(tasks.add(3, 4)).toBe(7)
  })

  it('is counted as ended by memory', () => {
    const pool = smallPool()
    thrown(() => pool.importSync<typeof import('./fixtures/memory.mjs')>(MEMORY).exhaust())
    expect(pool.stats().ended.byCause).toEqual({ memory: 1 })
  })
})

describe('a thread that never starts', () => {
  it('fails a blocked caller that set no timeout', () => {
    const { tasks } = pooled({ execArgv: ['--import', 'data:text/javascript,throw new Error("not today")'] })
    expect(thrown(() => tasks.add(1, 2).runSync())).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
  })
})

describe('a caller that is blocked where no further thread can be started', () => {
  it('is notified of the end of its thread nevertheless', async () => {
    const { code, stdout, stderr } = await runScript(`
      import { mkdtempSync, rmSync } from 'node:fs'
      import { tmpdir } from 'node:os'
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1, resourceLimits: { maxOldGenerationSizeMb: 16 } })
      const tasks = pool.import(${JSON.stringify(TASKS.href)})
      await tasks.add(1, 2)
      // Node starts no thread in a working directory that is gone.
      const folder = mkdtempSync(tmpdir() + '/bridge-gone-')
      process.chdir(folder)
      rmSync(folder, { recursive: true })
      console.log(tasks.spinAndAdd(300, 1).runSync())
      try { tasks.exhaust().runSync() } catch (error) { console.log(error.name, /out of memory/.test(error.message)) }
      process.exit()`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('1\nWorkerLostError true\n')
  })
})
