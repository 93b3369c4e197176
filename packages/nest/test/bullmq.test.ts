import { readFileSync } from 'node:fs'
import { type ContextJSON, captureContext, requestContext, restoreContext } from '@bridge/context'
import { timeLeft } from '@bridge/core'
import { BridgeModule, WithBridge } from '@bridge/nest'
import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq'
import { Injectable } from '@nestjs/common'
import { Test, type TestingModule } from '@nestjs/testing'
import type { Job, Queue } from 'bullmq'
import { QueueEvents } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SnippetRunner, snippetsIn } from '../../../tools/readme-snippets.js'
import { compiled } from './support/compiled-snippet.js'
import { hasRedis, type Redis, startRedis } from './support/redis.js'
import { WorkTasks } from './support/work-tasks.js'

interface Work {
  readonly context: ContextJSON
}

@Injectable()
@Processor('work')
class WorkProcessor extends WorkerHost {
  constructor(private readonly tasks: WorkTasks) {
    super()
  }

  @WithBridge({ context: (job: Job<Work>) => restoreContext(job.data.context) })
  async process(_job: Job<Work>) {
    return { ...(await this.tasks.whoami()), left: timeLeft() }
  }
}

@Injectable()
@Processor('late')
class LateProcessor extends WorkerHost {
  constructor(private readonly tasks: WorkTasks) {
    super()
  }

  @WithBridge({ deadline: 20 })
  process() {
    return this.tasks.untilAborted()
  }
}

const HOUR = 3_600_000
const home = new URL('../', import.meta.url)

describe.runIf(hasRedis())('a processor of BullMQ', () => {
  let redis: Redis
  let app: TestingModule

  beforeAll(async () => {
    redis = await startRedis()
    app = await Test.createTestingModule({
      imports: [
        BridgeModule.forRoot({ pool: { maxThreads: 1, concurrencyPerThread: 10 }, deadline: HOUR }),
        BullModule.forRoot({ connection: { host: '127.0.0.1', port: redis.port } }),
        BullModule.registerQueue({ name: 'work' }, { name: 'late' })
      ],
      providers: [WorkTasks, WorkProcessor, LateProcessor]
    }).compile()
    await app.init()
  })
  afterAll(async () => {
    await app?.close()
    await redis?.stop()
  })

  /** Adds a job for each id, and waits for all. */
  async function outcomesOf(name: string, ids: string[]): Promise<PromiseSettledResult<unknown>[]> {
    const events = new QueueEvents(name, { connection: { host: '127.0.0.1', port: redis.port } })
    await events.waitUntilReady()
    const queue = app.get<Queue<Work>>(getQueueToken(name))
    const add = (id: string) =>
      requestContext.run({ id }, () => queue.add('job', { context: captureContext().toJSON() }))
    const jobs = await Promise.all(ids.map(add))
    const outcomes = await Promise.allSettled(jobs.map(job => job.waitUntilFinished(events)))
    await events.close()
    return outcomes
  }

  test("has the context of the request that added the job, also in the worker, and the module's deadline", async () => {
    const ids = ['a', 'b', 'c']
    const value = (id: string) => ({ value: { id, left: expect.any(Number) } })
    expect(await outcomesOf('work', ids)).toMatchObject(ids.map(value))
  })

  test('ends the calls of a job at its deadline', async () => {
    const [outcome] = await outcomesOf('late', ['late'])
    expect(outcome).toMatchObject({
      reason: { message: expect.stringMatching(/before the deadline of its scope/) }
    })
  })

  test('works as in the README', async () => {
    const runner = new SnippetRunner(home)
    const pages = readFileSync(new URL('README.md', home), 'utf8').replace(
      '```ts no-run\n// bullmq',
      '```ts\n// bullmq'
    )
    const snippets = snippetsIn(pages).filter(({ file }) =>
      ['primes.tasks.ts', 'app.module.ts', 'bullmq.ts'].includes(file ?? '')
    )
    try {
      for (const snippet of snippets) {
        const source = snippet.source.replace('6379', `${redis.port}`)
        const { code, stdout, stderr } = await runner.run(compiled({ ...snippet, source }))
        expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: snippet.prints, stderr: '' })
      }
      expect(snippets).toHaveLength(3)
    } finally {
      runner.clear()
    }
  })
})
