import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Jobs, TakenCall, TakenJob } from '@bridge/cluster'
import { type BullmqOptions, bullmq } from '@bridge/cluster/bullmq'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith, startServer, type TestServer } from './servers.js'

const events = { onFrame: () => {}, onStatus: () => {} }
const taker = fileURLToPath(new URL('./fixtures/taker.mjs', import.meta.url))

/** A process that takes calls from a queue, and prints each. */
async function takenBy(mode: 'take' | 'takeJob', options: BullmqOptions, queue: string, begin: () => void) {
  const child = spawn(process.execPath, [taker, mode, queue, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  await once(child.stdout, 'data')
  begin()
  await once(child.stdout, 'data')
  return async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

/** The first job that a worker gets. */
async function firstJob(jobs: Jobs, queues: readonly string[]): Promise<TakenJob> {
  let onJob: (job: TakenJob) => void = () => {}
  const arrived = new Promise<TakenJob>(resolve => {
    onJob = resolve
  })
  await jobs.take(queues, 1, onJob)
  return arrived
}

describeWith('redis-server', 'what only bullmq() has', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer('redis-server')
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it('takes a client of the application, and leaves it open and unchanged', async () => {
    const client = new Redis(server.url)
    const listeners = client.eventNames().map(name => client.listenerCount(name))
    const connection = await bullmq({ connection: client }).connect(events)
    const taking = await connection.take(['given'], 1, ({ done }) => done())
    expect(await connection.hasWorkers('given')).toBe(true)
    await taking.stop()
    await connection.close()
    expect(await client.ping()).toBe('PONG')
    expect(client.eventNames().map(name => client.listenerCount(name))).toEqual(listeners)
    client.disconnect()
  })

  it('separates clusters with different prefixes', async () => {
    const [one, other] = await Promise.all(
      ['one', 'other'].map(prefix => bullmq({ connection: server.url, prefix }).connect(events))
    )
    await one!.take(['tasks'], 1, () => {})
    expect(await one!.hasWorkers('tasks')).toBe(true)
    expect(await other!.hasWorkers('tasks')).toBe(false)
    await Promise.all([one!.close(), other!.close()])
  })

  it('orders calls by any priorities that are far enough apart', async () => {
    const connection = await bullmq(server.url).connect(events)
    const priorities = fc.uniqueArray(
      fc.oneof(
        fc.integer({ min: -30_000, max: 30_000 }),
        fc.integer({ min: 17, max: 1000 }).map(n => 2 ** n)
      ),
      { minLength: 2, maxLength: 8 }
    )
    let round = 0
    const ordered = async (numbers: readonly number[]): Promise<void> => {
      const queue = `order ${round++}`
      const taken: TakenCall[] = []
      let onTaken = (): void => {}
      const taking = await connection.take([queue], 1, call => {
        taken.push(call)
        onTaken()
      })
      const next = async (count: number): Promise<void> => {
        while (taken.length < count) await new Promise<void>(resolve => (onTaken = resolve))
      }
      const send = (id: string, priority: number): void =>
        connection.send({ queue, id, frame: new TextEncoder().encode(`${priority}`), priority }, () => {})
      send('first', 0)
      await next(1)
      for (const [index, number] of numbers.entries()) send(`call-${index}`, number)
      await connection.find(queue, `call-${numbers.length - 1}`)
      for (let count = 1; count <= numbers.length; count++) {
        taken[count - 1]!.done()
        await next(count + 1)
      }
      taken.at(-1)!.done()
      await taking.stop()
      const order = taken.slice(1).map(({ frame }) => Number(new TextDecoder().decode(frame)))
      expect(order).toEqual([...numbers].sort((a, b) => b - a))
    }
    await fc.assert(fc.asyncProperty(priorities, ordered), { numRuns: 30 })
    await connection.close()
  })

  it('does not run a call again whose worker was lost', async () => {
    const options = { connection: server.url, lockDuration: 500 }
    const connection = await bullmq(options).connect(events)
    const send = (id: string): void =>
      connection.send({ queue: 'lost calls', id, frame: new Uint8Array(1), priority: 0 }, () => {})
    const kill = await takenBy('take', options, 'lost calls', () => send('lost'))
    expect(await connection.find('lost calls', 'lost')).toBe('taken')
    await kill()
    const taken: TakenCall[] = []
    await connection.take(['lost calls'], 1, call => {
      taken.push(call)
      call.done()
    })
    await expect.poll(() => connection.find('lost calls', 'lost'), { timeout: 20_000 }).toBe('gone')
    expect(taken).toEqual([])
    expect(await connection.reclaim('lost calls', 'lost')).toBe(false)
    await connection.close()
  })

  it('runs a job again whose worker was lost', async () => {
    const options = { connection: server.url, lockDuration: 500 }
    const connection = await bullmq(options).connect(events)
    const jobs = connection.jobs!
    const job = { queue: 'lost jobs', id: 'lost', frame: Uint8Array.of(7), priority: 0, attempts: 1 }
    const kill = await takenBy('takeJob', options, 'lost jobs', () => void jobs.add(job))
    expect(await jobs.state('lost jobs', 'lost')).toEqual({ type: 'running' })
    await kill()
    const again = await firstJob(jobs, ['lost jobs'])
    expect(again.id).toBe('lost')
    again.done(Uint8Array.of(8), false, '')
    await jobs.ended('lost jobs', 'lost', new AbortController().signal)
    expect(await jobs.state('lost jobs', 'lost')).toMatchObject({ type: 'completed' })
    await connection.close()
  })

  it('returns a job to its queue if its worker closes', async () => {
    const engine = bullmq(server.url)
    const [one, other] = await Promise.all([engine.connect(events), engine.connect(events)])
    const id = await one.jobs!.add({
      queue: 'given back',
      id: undefined,
      frame: Uint8Array.of(1),
      priority: 0,
      attempts: 1
    })
    await firstJob(one.jobs as Jobs, ['given back'])
    await one.close()
    expect(await other.jobs!.state('given back', id)).toEqual({ type: 'waiting' })
    const again = await firstJob(other.jobs as Jobs, ['given back'])
    again.done(new Uint8Array(0), false, '')
    await other.jobs!.ended('given back', id, new AbortController().signal)
    await other.close()
  })

  it('waits for the end of a job across the loss of its server', async () => {
    await using other = await startServer('redis-server', { keeps: true })
    const engine = bullmq(other.url)
    const [caller, worker] = await Promise.all([engine.connect(events), engine.connect(events)])
    const job = { queue: 'long', id: 'long', frame: new Uint8Array(1), priority: 0, attempts: 1 }
    await caller.jobs!.add(job)
    const ended = caller.jobs!.ended('long', 'long', new AbortController().signal)
    const taken = await firstJob(worker.jobs as Jobs, ['long'])
    await other.kill()
    taken.done(Uint8Array.of(5), false, '')
    await other.start()
    await ended
    const state = await caller.jobs!.state('long', 'long')
    expect(state).toMatchObject({ type: 'completed', message: '' })
    await Promise.all([caller.close(), worker.close()])
  })

  it('stops waiting for a job with an error when its connection closes', async () => {
    const connection = await bullmq(server.url).connect(events)
    const job = { queue: 'never', id: 'never', frame: new Uint8Array(1), priority: 0, attempts: 1 }
    await connection.jobs!.add(job)
    const ended = connection.jobs!.ended('never', 'never', new AbortController().signal)
    await connection.jobs!.state('never', 'never')
    const failed = expect(ended).rejects.toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    await connection.close()
    await failed
  })

  it('keeps jobs as the options say', async () => {
    const jobs = { removeOnComplete: true, attempts: 2 }
    const connection = await bullmq({ connection: server.url, jobs }).connect(events)
    let starts = 0
    await connection.jobs!.take(['kept'], 1, job => job.done(new Uint8Array(1), ++starts === 1, 'no'))
    const job = { queue: 'kept', id: undefined, frame: new Uint8Array(1), priority: 0, attempts: undefined }
    const id = await connection.jobs!.add(job)
    await connection.jobs!.ended('kept', id, new AbortController().signal)
    expect(starts).toBe(2)
    expect(await connection.jobs!.state('kept', id)).toEqual({ type: 'unknown' })
    await connection.close()
  })
})
