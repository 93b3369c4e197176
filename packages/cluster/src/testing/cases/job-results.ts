import assert from 'node:assert/strict'
import { comes } from '../box.js'
import { bytes, type Cases } from '../engine-case.js'
import { withJobs } from './jobs.js'

const answer = Uint8Array.from({ length: 256 }, (_, index) => index)

/** Cases about the results of jobs. */
export const jobResults: Cases = {
  'a job that completes keeps its result': bench =>
    withJobs(bench, async ({ add, take, jobs, queue }) => {
      const id = await add('work')
      const ended = jobs.ended(queue, id, new AbortController().signal)
      const job = await (await take(1)).next()
      job.done(answer, false, '')
      await comes(ended, 'the end of the job')
      const state = await jobs.state(queue, id)
      assert.ok(state.type === 'completed', state.type)
      assert.deepEqual([...(state.answer ?? [])], [...answer])
      await comes(jobs.ended(queue, id, new AbortController().signal), 'the end of a job that ended')
    }),

  'a job that fails keeps its result and its message': bench =>
    withJobs(bench, async ({ add, take, jobs, queue }) => {
      const id = await add('work', { attempts: 1 })
      const job = await (await take(1)).next()
      job.done(answer, true, 'it broke: ü')
      await comes(jobs.ended(queue, id, new AbortController().signal), 'the end of the job')
      const state = await jobs.state(queue, id)
      assert.ok(state.type === 'failed', state.type)
      assert.equal(state.message, 'it broke: ü')
      assert.deepEqual([...(state.answer ?? [])], [...answer])
    }),

  'a job that fails is started again as often as it may be': bench =>
    withJobs(bench, async ({ add, take, jobs, queue }) => {
      const id = await add('work', { attempts: 3 })
      const taken = await take(1)
      for (const attempt of ['1', '2']) (await taken.next()).done(bytes(attempt), true, `attempt ${attempt}`)
      const last = await taken.next()
      assert.deepEqual(await jobs.state(queue, id), { type: 'running' })
      last.done(bytes('3'), true, 'attempt 3')
      await comes(jobs.ended(queue, id, new AbortController().signal), 'the end of the job')
      const state = await jobs.state(queue, id)
      assert.ok(state.type === 'failed', state.type)
      assert.equal(state.message, 'attempt 3')
      assert.equal(taken.all.length, 3)
    }),

  'a job that fails and then completes is completed': bench =>
    withJobs(bench, async ({ add, take, jobs, queue }) => {
      const id = await add('work', { attempts: 2 })
      const taken = await take(1)
      ;(await taken.next()).done(bytes('no'), true, 'not yet')
      ;(await taken.next()).done(bytes('yes'), false, '')
      await comes(jobs.ended(queue, id, new AbortController().signal), 'the end of the job')
      const state = await jobs.state(queue, id)
      assert.ok(state.type === 'completed', state.type)
      assert.deepEqual([...(state.answer ?? [])], [...bytes('yes')])
    }),

  'a job that has ended is not added again': bench =>
    withJobs(bench, async ({ add, take, jobs, queue }) => {
      const id = await add('work', { id: 'once' })
      const taken = await take(1)
      ;(await taken.next()).done(answer, false, '')
      await comes(jobs.ended(queue, id, new AbortController().signal), 'the end of the job')
      assert.equal(await add('again', { id: 'once' }), 'once')
      assert.equal((await jobs.state(queue, id)).type, 'completed')
    }),

  'a job that never was is unknown, and has ended': bench =>
    withJobs(bench, async ({ jobs, queue }) => {
      assert.deepEqual(await jobs.state(queue, 'no such job'), { type: 'unknown' })
      await comes(jobs.ended(queue, 'no such job', new AbortController().signal), 'the end')
    }),

  'waiting for a job ends with its signal': bench =>
    withJobs(bench, async ({ add, jobs, queue }) => {
      const id = await add('work')
      const controller = new AbortController()
      const ended = jobs.ended(queue, id, controller.signal)
      controller.abort()
      await comes(ended, 'the end of the wait')
      await comes(jobs.ended(queue, id, AbortSignal.abort()), 'the end of a wait that started too late')
      assert.deepEqual(await jobs.state(queue, id), { type: 'waiting' })
    })
}
