import { type Connection, type Engine, type Jobs, memory } from '@bridge/cluster'
import { engineCases, lossy } from '@bridge/cluster/testing'
import { describe, expect, it } from 'vitest'

/** An engine in memory with a fault. */
function faulty(fault: (right: Connection) => Partial<Connection>): () => Engine {
  const engine = lossy(memory(), { drop: () => false })
  return () => ({
    ...engine,
    connect: async events => {
      const right = await engine.connect(events)
      return { ...right, ...fault(right) }
    }
  })
}

/** The same for its jobs. */
const faultyJobs = (fault: (right: Jobs) => Partial<Jobs>): (() => Engine) =>
  faulty(({ jobs }) => ({ jobs: { ...jobs!, ...fault(jobs!) } }))

const plain = (text: string): string => text.replace(/[^\w-]/g, '_')
const half = (frame: Uint8Array): Uint8Array => frame.subarray(0, frame.indexOf(0) + 1 || undefined)

const faults: Record<string, () => Engine> = {
  'ignores priorities': faulty(right => ({
    send: (call, onRefused) => right.send({ ...call, priority: 0 }, onRefused)
  })),
  'sends calls twice': faulty(right => ({
    send: (call, onRefused) => {
      right.send(call, onRefused)
      right.send({ ...call, id: `${call.id}-again` }, onRefused)
    }
  })),
  'refuses calls inside send()': faulty(right => ({
    send: (call, onRefused) => {
      if (call.frame.byteLength > right.maxBytes) onRefused(new Error('too many bytes'))
      else right.send(call, onRefused)
    }
  })),
  'throws in send()': faulty(right => ({
    send: (call, onRefused) => {
      if (call.frame.byteLength > right.maxBytes) throw new Error('too many bytes')
      right.send(call, onRefused)
    }
  })),
  'passes a worker more than atMost calls': faulty(right => ({
    take: (queues, atMost, onCall) => right.take(queues, atMost + 1, onCall)
  })),
  'reports that every call was reclaimed': faulty(() => ({ reclaim: async () => true })),
  'takes no call back': faulty(() => ({ reclaim: async () => false })),
  'finds every call in the queue': faulty(() => ({ find: async () => 'queued' })),
  'has workers for every queue': faulty(() => ({ hasWorkers: async () => true })),
  'has no age': faulty(right => ({
    take: (queues, atMost, onCall) =>
      right.take(queues, atMost, ({ frame, done }) => onCall({ frame, done, age: 0 }))
  })),
  'has no counts': faulty(() => ({ counts: async () => undefined })),
  'mixes up names': faulty(right => ({
    hasWorkers: queue => right.hasWorkers(plain(queue)),
    take: (queues, atMost, onCall) => right.take(queues.map(plain), atMost, onCall)
  })),
  'ends a frame at its first zero': faulty(right => ({
    post: (address, frame, onNoListener) => right.post(address, half(frame), onNoListener)
  })),
  'ends a call at its first zero': faulty(right => ({
    send: (call, onRefused) => right.send({ ...call, frame: half(call.frame) }, onRefused)
  })),
  'reports frames inside post()': faulty(right => ({
    post: (address, frame, onNoListener) => {
      right.post(address, frame)
      onNoListener?.()
    }
  })),
  'takes frames that are too large': faulty(right => ({
    post: (address, frame, onNoListener) => {
      if (frame.byteLength <= right.maxBytes) right.post(address, frame, onNoListener)
    }
  })),
  'adds a job twice': faultyJobs(right => ({
    add: async job => {
      await right.add({ ...job, id: `${job.id} again` })
      return right.add(job)
    }
  })),
  'ignores the priorities of jobs': faultyJobs(right => ({ add: job => right.add({ ...job, priority: 0 }) })),
  'loses answers': faultyJobs(right => ({
    state: async (queue, id) => {
      const state = await right.state(queue, id)
      return 'message' in state ? { ...state, answer: undefined } : state
    }
  })),
  'reports that every job waits': faultyJobs(() => ({ state: async () => ({ type: 'waiting' }) }))
}

describe('the cases find an engine that', () => {
  it.each(Object.entries(faults))('%s', async (_, make) => {
    const results = engineCases(make).map(({ run }) =>
      run().then(
        () => 'passed',
        () => 'failed'
      )
    )
    // One failure is enough; other cases wait long for something that never arrives, without leaving anything behind.
    const failed = results.map(async result => {
      if ((await result) === 'passed') throw new Error('passed')
      return 'found'
    })
    expect(await Promise.any(failed).catch(() => 'not found')).toBe('found')
  })
})
