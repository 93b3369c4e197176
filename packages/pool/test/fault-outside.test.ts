import { describe, expect, it } from 'vitest'
import { failing, reasonOf, threadFaults } from './fault-paths.js'
import { runScript, thrown } from './helpers.js'

describe.each(threadFaults)('%s', fault => {
  it('while nothing runs fails no call, and the thread is replaced without one', async () => {
    const { tasks, threads, pool } = failing()
    expect(await tasks.faultLater(fault)).toBe('answered')
    await threads.ended(1)
    expect(pool.stats()).toMatchObject({ threads: 1, ended: { byCause: expect.anything() } })
    expect(await tasks.add(1, 2)).toBe(3)
    expect(threads.started).toBe(2)
  })

  it('while its pool is being closed lets close() end', async () => {
    const { tasks, pool } = failing()
    await tasks.add(0, 0)
    const lost = reasonOf(() => tasks.fault(fault))
    await null
    await pool.close()
    expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(pool.stats().threads).toBe(0)
  })

  it.each([
    ['awaited', 'await tasks.fault(fault).catch(tell)'],
    ['blocking', 'try { tasks.fault(fault).runSync() } catch (error) { tell(error) }']
  ])('leaves a process that ends by itself and prints nothing else: %s', async (_, use) => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1, resourceLimits: { maxOldGenerationSizeMb: 24 } })
      const tasks = pool.import(${JSON.stringify(new URL('./fixtures/faults.mjs', import.meta.url).href)})
      const fault = ${JSON.stringify(fault)}
      const tell = error => console.log(error.code)
      ${use}
      console.log(await tasks.add(1, 2))
    `
    expect(await runScript(script)).toEqual({ code: 0, stdout: 'BRIDGE_WORKER_LOST\n3\n', stderr: '' })
  })
})

describe('an error outside of any call', () => {
  it.each(['throwsAfterwards', 'rejectsAfterwards'])('is printed with its stack: %s', async name => {
    const script = `
      import { subscribe } from 'node:diagnostics_channel'
      import { createPool } from '@bridge/pool'
      const pool = createPool({ name: 'mine', maxThreads: 1 })
      const ended = new Promise(resolve => subscribe('bridge:pool:thread', ({ event }) => event === 'ended' && resolve()))
      const keep = setInterval(() => {}, 1000)
      console.log(await pool.import(${JSON.stringify(new URL('./fixtures/tasks.mjs', import.meta.url).href)}).${name}())
      await ended
      clearInterval(keep)
    `
    const { code, stdout, stderr } = await runScript(script)
    expect([code, stdout]).toEqual([0, 'answered\n'])
    expect(stderr).toContain(
      'A thread of mine ended by an error that nothing there caught: TypeError: no call waits for me'
    )
    expect(stderr).toContain('throwsLate')
  })
})

describe('a failure that is not handled', () => {
  it('ends the process with 1, as any unhandled rejection', async () => {
    const script = `
      import { createPool } from '@bridge/pool'
      const tasks = createPool().import(${JSON.stringify(new URL('./fixtures/faults.mjs', import.meta.url).href)})
      tasks.fault('process.exit(0)')
    `
    const { code, stdout, stderr } = await runScript(script)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('WorkerLostError')
  })
})

const KEEPS =
  "import { workerData } from 'node:worker_threads'; globalThis.startData = Object.values(workerData)"
/** Its threads have what they are started with kept by a preload; modules can't see it. */
const keeping = () => failing({ execArgv: ['--import', `data:text/javascript,${encodeURIComponent(KEEPS)}`] })

describe('ports that a module closes', () => {
  it('affect nothing if they are not those of the pool', async () => {
    const { tasks, threads } = failing()
    expect(await tasks.closePorts()).toBe('closed')
    expect(await tasks.add(1, 2)).toBe(3)
    expect(tasks.add(3, 4).runSync()).toBe(7)
    expect(threads.started).toBe(1)
  })

  it('end the thread if they are its own, and the pool works again', async () => {
    const { tasks, threads } = keeping()
    expect(await reasonOf(() => tasks.closeAllPorts())).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(await tasks.add(1, 2)).toBe(3)
    expect(threads.started).toBe(2)
  })

  it('end the thread if they are its own, for a blocked caller', () => {
    const { tasks, threads } = keeping()
    tasks.add(0, 0).runSync()
    expect(thrown(() => tasks.closeAllPorts().runSync())).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(tasks.add(1, 2).runSync()).toBe(3)
    expect(threads.started).toBe(2)
  })
})
