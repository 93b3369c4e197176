import 'reflect-metadata'
import { InvalidArgumentError, inline } from '@bridge/core'
import {
  BRIDGE_EXECUTOR,
  BridgeHealthIndicator,
  BridgeMetrics,
  BridgeModule,
  type BridgeModuleOptions,
  type EndedCall,
  getPoolToken
} from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import type { Provider } from '@nestjs/common'
import { HealthCheckService, TerminusModule } from '@nestjs/terminus'
import { Test } from '@nestjs/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ErrorLog } from './support/server.js'
import { WorkTasks } from './support/work-tasks.js'

/** Keeps the log messages about threads. */
class ThreadLines extends ErrorLog {
  readonly lines: string[] = []

  override warn(line: string): void {
    this.lines.push(`warn: ${line}`)
  }

  override log(line: string, context?: string): void {
    if (context === 'BridgeModule') this.lines.push(`log: ${line}`)
  }
}

async function start(options: BridgeModuleOptions = {}, providers: Provider[] = []) {
  const module = await Test.createTestingModule({
    imports: [
      TerminusModule.forRoot({ logger: false }),
      BridgeModule.forRoot(options),
      BridgeModule.forRoot('other', { executor: inline })
    ],
    providers: [WorkTasks, ...providers]
  }).compile()
  const logger = new ThreadLines()
  module.useLogger(logger)
  onTestFinished(() => module.close())
  await module.init()
  return { app: module, tasks: module.get(WorkTasks), pool: module.get<Pool>(BRIDGE_EXECUTOR), logger }
}

describe('BridgeHealthIndicator', () => {
  test('reports to terminus a pool that is up, and an executor that is not a pool', async () => {
    const { app, tasks } = await start()
    await tasks.double(1)
    const bridge = app.get(BridgeHealthIndicator)
    const health = await app
      .get(HealthCheckService)
      .check([() => bridge.check('pool'), () => bridge.check('here', { pool: 'other' })])
    expect(health).toMatchObject({
      status: 'ok',
      info: { pool: { status: 'up', threads: 1, running: 0, queued: 0 }, here: { status: 'up' } }
    })
  })

  test('reports to terminus that a pool is down when its queue is full, or fuller than maxQueued', async () => {
    const { app, tasks, pool } = await start({
      pool: { maxThreads: 1, concurrencyPerThread: 1, maxQueue: 2 }
    })
    const bridge = app.get(BridgeHealthIndicator)
    const calls = Array.from({ length: 3 }, () => tasks.untilAborted().start())
    const outcomes = Promise.allSettled(calls)
    while (pool.stats().queued < 2) await new Promise(resolve => setImmediate(resolve))
    expect(bridge.check('pool', { maxQueued: 3 })).toMatchObject({ pool: { status: 'up', queued: 2 } })
    const down = { pool: { status: 'down', message: '2 calls wait', queued: 2 } }
    expect(bridge.check('pool')).toMatchObject(down)
    const failed = app.get(HealthCheckService).check([() => bridge.check('pool')])
    await expect(failed).rejects.toMatchObject({ status: 503, response: { error: down } })
    await pool.close({ drain: false })
    await outcomes
  })

  test('reports that a pool is down while the application shuts down', async () => {
    const { app, tasks, pool } = await start()
    const underWay = tasks.untilAborted().start()
    underWay.catch(() => undefined)
    const closing = app.close()
    while (app.get(BridgeHealthIndicator).check('pool').pool.status === 'up') {
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(app.get(BridgeHealthIndicator).check('pool').pool.message).toBe('the application shuts down')
    await pool.close({ drain: false })
    await closing
  })

  test('rejects a pool that does not exist, and invalid options', async () => {
    const bridge = (await start()).app.get(BridgeHealthIndicator)
    expect(() => bridge.check('pool', { pool: 'third' })).toThrow(InvalidArgumentError)
    expect(() => bridge.check('pool', { maxQueued: -1 })).toThrow(InvalidArgumentError)
    expect(() => bridge.check('pool', { max: 1 } as never)).toThrow(InvalidArgumentError)
  })
})

describe('BridgeMetrics', () => {
  test('counts calls, errors and times by task and executor, awaited, blocking and streams', async () => {
    const { app, tasks, pool } = await start({ pool: { name: 'counted' } }, [BridgeMetrics])
    const metrics = app.get(BridgeMetrics)
    await tasks.double(1)
    expect(tasks.double(2).runSync()).toBe(4)
    for await (const _ of tasks.rows(3));
    await expect(tasks.fail()).rejects.toThrow()
    await expect(tasks.untilAborted().with({ timeout: 20 })).rejects.toThrow()
    const byTask = Object.fromEntries(metrics.tasks().map(one => [one.task, one]))
    expect(byTask).toMatchObject({
      double: { executor: 'counted', calls: 2, errors: {}, run: { count: 2 }, wait: { count: 2 } },
      rows: { calls: 1, errors: {} },
      fail: { calls: 1, errors: { error: 1 } },
      untilAborted: { calls: 1, errors: { BRIDGE_TIMEOUT: 1 } }
    })
    const { buckets, count, sum } = byTask.double?.run ?? { buckets: [], count: 0, sum: 0 }
    expect(buckets.at(-1)).toEqual({ le: 10_000, count })
    expect(sum).toBeGreaterThan(0)
    expect(metrics.pools()).toMatchObject([{ name: 'counted', threads: pool.stats().threads, queued: 0 }])
  })

  test('notifies a listener of each call until it is removed, and survives its errors', async () => {
    const { app, tasks, logger } = await start({}, [BridgeMetrics])
    const seen: EndedCall[] = []
    const stop = app.get(BridgeMetrics).onCall(call => {
      seen.push(call)
      throw new Error('in the listener')
    })
    await tasks.double(1)
    stop()
    await tasks.double(1)
    expect(seen).toMatchObject([{ name: 'double', kind: 'call', isStream: false }])
    expect(logger.errors).toMatchObject([{ message: 'in the listener' }])
    expect(() => app.get(BridgeMetrics).onCall({} as never)).toThrow(InvalidArgumentError)
  })

  test('counts nothing once the application is closed', async () => {
    const { app } = await start({}, [BridgeMetrics])
    const metrics = app.get(BridgeMetrics)
    await app.close()
    await new WorkTasks(inline).double(1)
    expect(metrics.tasks()).toEqual([])
  })
})

describe('the thread log', () => {
  const lost = /^warn: logged: thread \d+ was lost \(exit\): /

  test('warns about a thread that was lost', async () => {
    const { tasks, logger } = await start({ pool: { name: 'logged', maxThreads: 1 } })
    await expect(tasks.exit()).rejects.toThrow()
    expect(logger.lines).toEqual([expect.stringMatching(lost)])
  })

  test('reports each start and end if it is configured to', async () => {
    const { app, tasks, logger } = await start({ pool: { name: 'logged', maxThreads: 1 }, log: 'all' })
    await expect(tasks.exit()).rejects.toThrow()
    await tasks.double(1)
    await app.close()
    expect(logger.lines).toEqual([
      expect.stringMatching(/^log: logged: thread \d+ was started$/),
      expect.stringMatching(lost),
      expect.stringMatching(/^log: logged: thread \d+ was started$/),
      expect.stringMatching(/^log: logged: thread \d+ has ended: logged was closed$/)
    ])
  })

  test('is silent if it is configured to be', async () => {
    const { tasks, logger } = await start({ pool: { maxThreads: 1 }, log: false })
    await expect(tasks.exit()).rejects.toThrow()
    expect(logger.lines).toEqual([])
    expect(() => BridgeModule.forRoot({ log: 'none' as never })).toThrow(InvalidArgumentError)
  })

  test('reports the threads of its own pool only', async () => {
    const { app, tasks, logger } = await start({ pool: { name: 'logged' } })
    expect(app.get(getPoolToken('other'))).toBe(inline)
    await tasks.double(1)
    expect(logger.lines).toEqual([])
  })
})
