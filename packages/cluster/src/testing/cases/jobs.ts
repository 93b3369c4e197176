import assert from 'node:assert/strict'
import type { Jobs, SentJob, TakenJob } from '../../engine/engine.js'
import { Box } from '../box.js'
import { bytes, type Cases, type EngineBench, text } from '../engine-case.js'

/** A producer and a worker of jobs. */
export interface JobBench {
  readonly queue: string
  readonly jobs: Jobs
  add(frame: string, more?: Partial<SentJob>): Promise<string>
  take(atMost: number): Promise<Box<TakenJob>>
}

/** Runs the case if the engine keeps jobs. */
export async function withJobs(
  { open, unique }: EngineBench,
  body: (bench: JobBench) => Promise<void>
): Promise<void> {
  const { jobs } = (await open()).connection
  const workers = (await open()).connection.jobs
  if (jobs === undefined || workers === undefined) return
  const queue = unique()
  await body({
    queue,
    jobs,
    add: (frame, more) =>
      jobs.add({ queue, id: undefined, frame: bytes(frame), priority: 0, attempts: undefined, ...more }),
    async take(atMost) {
      const taken = new Box<TakenJob>('a job')
      await workers.take([queue], atMost, taken.put)
      return taken
    }
  })
}

const ODD_IDS = [
  '1',
  '0',
  '007',
  'a:b',
  'a:b:c',
  ':',
  '',
  ' ',
  '_',
  '*',
  'ü',
  '\ud800',
  '__proto__',
  'x'.repeat(500)
]

/** Cases about jobs on their way to a worker. */
export const jobs: Cases = {
  'a job waits for a worker, and reaches it unchanged': bench =>
    withJobs(bench, async ({ add, take, jobs, queue }) => {
      const id = await add('\u0000work')
      assert.deepEqual(await jobs.state(queue, id), { type: 'waiting' })
      const taken = await take(1)
      const job = await taken.next()
      assert.equal(job.id, id)
      assert.equal(text(job.frame), '\u0000work')
      assert.ok(job.age >= 0 && job.age < 60_000, `${job.age} ms`)
      assert.deepEqual(await jobs.state(queue, id), { type: 'running' })
      job.done(bytes('done'), false, '')
    }),

  'jobs and calls of the same name are separate': bench =>
    withJobs(bench, async ({ add, queue, jobs }) => {
      const peer = await bench.open()
      const { calls } = await peer.take([queue], 4)
      const id = await add('work')
      peer.send(queue, bytes('call'))
      const call = await calls.next()
      assert.equal(text(call.frame), 'call')
      call.done()
      assert.deepEqual(await jobs.state(queue, id), { type: 'waiting' })
    }),

  'the id of a job may be any string, and a job is added once': bench =>
    withJobs(bench, async ({ add, take }) => {
      for (const id of ODD_IDS) {
        assert.equal(await add(`first ${id}`, { id }), id)
        assert.equal(await add(`second ${id}`, { id }), id)
      }
      const taken = await (await take(ODD_IDS.length)).some(ODD_IDS.length)
      assert.deepEqual(taken.map(({ id }) => id).sort(), [...ODD_IDS].sort())
      assert.ok(taken.every(({ frame }) => text(frame).startsWith('first')))
      for (const { done } of taken) done(bytes(''), false, '')
    }),

  'jobs without an id have different ones': bench =>
    withJobs(bench, async ({ add }) => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => add('work')))
      assert.equal(new Set(ids).size, 20)
    }),

  'a worker has at most atMost active jobs': bench =>
    withJobs(bench, async ({ add, take, jobs, queue }) => {
      const ids = await Promise.all(['1', '2', '3'].map(name => add(name, { id: name })))
      const taken = await take(2)
      const active = await taken.some(2)
      const states = await Promise.all(ids.map(id => jobs.state(queue, id)))
      assert.equal(states.filter(({ type }) => type === 'waiting').length, 1)
      for (const { done } of active) done(bytes(''), false, '')
      ;(await taken.next()).done(bytes(''), false, '')
    }),

  'the job with the highest priority goes first': bench =>
    withJobs(bench, async ({ add, take }) => {
      for (const priority of [0, 5, -5, 1]) await add(`${priority}`, { priority })
      const taken = await take(1)
      const order: string[] = []
      while (order.length < 4) {
        const job = await taken.next()
        order.push(text(job.frame))
        job.done(bytes(''), false, '')
      }
      assert.deepEqual(order, ['5', '1', '0', '-5'])
    })
}
