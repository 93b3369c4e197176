import { type ContextJSON, captureContext, requestContext, restoreContext } from '@bridge/context'
import { currentSignal } from '@bridge/core'
import { BridgeModule, WithBridge } from '@bridge/nest'
import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq'
import { Injectable } from '@nestjs/common'
import { Test, type TestingModule } from '@nestjs/testing'
import type { Job, Queue } from 'bullmq'
import { QueueEvents } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasRedis, type Redis, startRedis } from './support/redis.js'
import { WorkTasks } from './support/work-tasks.js'

interface Work {
  readonly late?: boolean
  readonly context: ContextJSON
}

@Injectable()
@Processor('work')
class WorkProcessor extends WorkerHost {
  constructor(private readonly tasks: WorkTasks) {
    super()
  }

  @WithBridge({ deadline: 1000, context: (job: Job<Work>) => restoreContext(job.data.context) })
  async process(job: Job<Work>) {
    if (job.data.late) return this.tasks.untilAborted()
    return { ...(await this.tasks.whoami()), isBounded: currentSignal() !== undefined }
  }
}

describe.runIf(hasRedis())('a processor of BullMQ', () => {
  let redis: Redis
  let app: TestingModule
  let events: QueueEvents
  let queue: Queue<Work>

  beforeAll(async () => {
    redis = await startRedis()
    const connection = { host: '127.0.0.1', port: redis.port }
    app = await Test.createTestingModule({
      imports: [
        BridgeModule.forRoot({ pool: { maxThreads: 1, concurrencyPerThread: 10 } }),
        BullModule.forRoot({ connection }),
        BullModule.registerQueue({ name: 'work' })
      ],
      providers: [WorkTasks, WorkProcessor]
    }).compile()
    await app.init()
    queue = app.get(getQueueToken('work'))
    events = new QueueEvents('work', { connection })
    await events.waitUntilReady()
  })
  afterAll(async () => {
    await events?.close()
    await app?.close()
    await redis?.stop()
  })

  const add = (id: string, data: Omit<Work, 'context'> = {}) =>
    requestContext.run({ id }, () => queue.add('job', { ...data, context: captureContext().toJSON() }))

  test('has the context of the request that added the job, in the worker too', async () => {
    const jobs = await Promise.all(['a', 'b', 'c'].map(id => add(id)))
    const results = await Promise.all(jobs.map(job => job.waitUntilFinished(events)))
    expect(results).toMatchObject(['a', 'b', 'c'].map(id => ({ id, isBounded: true })))
  })

  test('ends the calls of a job at its deadline', async () => {
    const job = await add('late', { late: true })
    await expect(job.waitUntilFinished(events)).rejects.toThrow(/did not finish before the deadline/)
  })
})
