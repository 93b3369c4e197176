import { describe, expect, it } from 'vitest'
import { runScript } from './helpers.js'

const TASKS = JSON.stringify(new URL('./fixtures/tasks.mjs', import.meta.url).href)

describe("a worker of the user's that runs a text", () => {
  it('finds its own frames in the stacks of errors', async () => {
    const worker = `
      async function asksInText() {
        const { createPool } = await import('@bridge/pool')
        const pool = createPool({ maxThreads: 1 })
        try {
          await pool.import(${TASKS}).overQuota()
        } catch (error) {
          console.log(error.stack)
        }
        await pool.close()
      }
      asksInText()`
    const { stdout } = await runScript(`
      import { Worker } from 'node:worker_threads'
      new Worker(${JSON.stringify(worker)}, { eval: true, execArgv: [] })`)
    expect(stdout).toMatch(/at overQuota .*tasks\.mjs/)
    expect(stdout).toMatch(/at async asksInText \(\[worker eval\]/)
  })
})
