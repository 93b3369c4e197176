import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createCluster } from '@bridge/cluster'
import { nats } from '@bridge/cluster/nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith, startServer, type TestServer } from './servers.js'
import { ScratchPackage, startWorker, type WorkerProcess } from './workers.js'

interface Tasks {
  hold(file: string): Promise<number>
  pid(): Promise<number>
}

/** A task that occupies its thread until a file exists, and reports its start in another file. */
const TASKS = `
  import { appendFileSync, existsSync } from 'node:fs'
  const nap = new Int32Array(new SharedArrayBuffer(4))
  export function hold(file) {
    appendFileSync(file + '.begun', 'x')
    while (!existsSync(file)) Atomics.wait(nap, 0, 0, 5)
    return process.pid
  }
  export const pid = () => process.pid`

describeWith('nats-server', 'workers over NATS, which deals calls without regard to load', () => {
  const scratch = new ScratchPackage()
  const tasks = scratch.module('tasks.js', TASKS)
  const file = (name: string) => join(scratch.folder, name)
  let server: TestServer
  let workers: WorkerProcess[]

  beforeAll(async () => {
    server = await startServer('nats-server')
    workers = await Promise.all([1, 2].map(() => startWorker(server.url, ['--threads', '1', tasks])))
  })
  afterAll(async () => {
    await Promise.all(workers.map(worker => worker.kill()))
    await server[Symbol.asyncDispose]()
    scratch[Symbol.dispose]()
  })

  const begun = (name: string) =>
    expect.poll(() => existsSync(file(`${name}.begun`)), { timeout: 20_000, interval: 5 }).toBe(true)

  test('forward waiting calls to a worker that has room', async () => {
    await using cluster = createCluster({ engine: nats(server.url) })
    const { hold, pid } = cluster.import<Tasks>(tasks)
    const held = hold(file('one')).start()
    await begun('one')
    // Half of them are distributed to the worker whose thread is occupied, and would wait for it.
    const pids = await Promise.all(Array.from({ length: 20 }, () => pid()))
    writeFileSync(file('one'), '')
    expect(new Set(pids).size).toBe(1)
    expect(pids).not.toContain(await held)
  })

  test('run each call once, however often it is forwarded', async () => {
    await using cluster = createCluster({ engine: nats(server.url) })
    const { hold } = cluster.import<Tasks>(tasks)
    const names = Array.from({ length: 12 }, (_, n) => `many-${n}`)
    for (const name of names) writeFileSync(file(name), '')
    await Promise.all(names.map(name => hold(file(name))))
    expect(names.map(name => readFileSync(file(`${name}.begun`), 'utf8'))).toEqual(names.map(() => 'x'))
  })

  test('never run a call that was cancelled while it waited in any worker', async () => {
    await using cluster = createCluster({ engine: nats(server.url) })
    const { hold, pid } = cluster.import<Tasks>(tasks)
    const [first, second] = [hold(file('left')).start(), hold(file('right')).start()]
    await begun('left')
    await begun('right')
    const waiting = Array.from({ length: 8 }, (_, n) => hold(file(`late-${n}`)).start())
    for (const call of waiting) call.cancel(new Error('not any more'))
    const outcomes = await Promise.allSettled(waiting)
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
    for (const name of ['left', 'right']) writeFileSync(file(name), '')
    await Promise.all([first, second, pid(), pid(), pid(), pid()])
    expect(waiting.map((_, n) => existsSync(file(`late-${n}.begun`)))).toEqual(waiting.map(() => false))
  })
})
