import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { requestContext } from '@bridge/context'
import { InvalidArgumentError, inline, runScope } from '@bridge/core'
import { defineTasks } from '@bridge/nest'
import { closeWorkerContexts, providerTasks, workerContext } from '@bridge/nest/worker'
import { createPool, type PoolOptions } from '@bridge/pool'
import { ConflictException, Logger } from '@nestjs/common'
import { afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest'
import { Reports, ReportsModule } from './fixtures/reports/reports.module.mjs'
import * as told from './fixtures/reports/reports.tasks.mjs'

type Told = typeof told

const fixture = (name: string): URL => new URL(`./fixtures/reports/${name}`, import.meta.url)

class ReportTasks extends defineTasks<Told>(fixture('reports.tasks.mjs')) {}

// For contexts in this process.
beforeAll(() => Logger.overrideLogger(false))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reports-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const log = (): string => join(folder, 'log')
const notes = (): string[] => (existsSync(log()) ? readFileSync(log(), 'utf8').trim().split('\n') : [])

/** A pool of one thread, whose providers log their events. */
function startPool(options: PoolOptions = {}) {
  const env = { ...process.env, REPORTS_LOG: log(), REPORTS_BROKEN: join(folder, 'broken') }
  return createPool({ minThreads: 0, maxThreads: 1, killGrace: 10_000, env, ...options })
}

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('providerTasks in a thread', () => {
  let pool: ReturnType<typeof startPool>
  let tasks: ReportTasks
  beforeEach(() => {
    pool = startPool()
    tasks = new ReportTasks(pool)
  })
  afterEach(() => pool.close())

  test('calls methods of a provider, with its injected dependencies', async () => {
    const first = await tasks.make(5)
    expect(first).toEqual({ text: '5 €', count: 1, thread: expect.any(Number) })
    expect(first.thread).toBeGreaterThan(0)
    expect((await tasks.makeLater(6)).count).toBe(2)
  })

  test.each(['rows', 'rowsLater'] as const)('streams the items of %s, also in the first call', async name => {
    expect(await listOf(tasks[name](2))).toEqual(['0 €', '1 €'])
    expect(await listOf(tasks[name](3))).toEqual(['0 €', '1 €', '2 €'])
  })

  test('can be called blocking, also the first time', () => {
    expect(tasks.make(5).runSync().text).toBe('5 €')
    expect([...tasks.rows(2)]).toEqual(['0 €', '1 €'])
  })

  test("throws Nest's exceptions to the caller, as functions do", async () => {
    const error = await tasks.refuse().catch((error: unknown) => error)
    expect(error).toMatchObject({ message: 'sold out', status: 409 })
  })

  test('starts one context for concurrent first calls, for any providers of the module', async () => {
    const results = await Promise.all([tasks.make(1), tasks.total(2), tasks.make(3), listOf(tasks.rows(1))])
    expect(results.slice(0, 2)).toMatchObject([{ count: 1 }, 2])
    expect(notes()).toEqual(['up'])
  })

  test('makes a request-scoped provider for each call, with the context of the request', async () => {
    const visit = (id: string) => requestContext.run({ id }, () => tasks.visit())
    expect(await Promise.all([visit('a'), visit('b')])).toEqual([
      { number: 1, id: 'a' },
      { number: 2, id: 'b' }
    ])
    expect(await tasks.visit()).toEqual({ number: 3, id: undefined })
  })

  test('makes a transient provider for each call', async () => {
    expect([await tasks.ticket(), await tasks.ticket()]).toEqual([1, 2])
  })

  test('fails the calls that wait for a failing start with its error, and starts it again with the next call', async () => {
    writeFileSync(join(folder, 'broken'), '')
    const failed = await Promise.allSettled([tasks.make(1), tasks.total(2)])
    for (const each of failed) {
      expect(each).toMatchObject({
        status: 'rejected',
        reason: expect.objectContaining({ message: 'no database' })
      })
      expect((each as PromiseRejectedResult).reason).toBeInstanceOf(RangeError)
    }
    rmSync(join(folder, 'broken'))
    expect((await tasks.make(1)).count).toBe(1)
    expect(notes()).toEqual(['up'])
  })

  test('continues starting if the call that began it is cancelled', async () => {
    const stopping = new AbortController()
    const first = runScope({ signal: stopping.signal }, () => tasks.make(1).start())
    const second = tasks.make(2).start()
    stopping.abort()
    await expect(first).rejects.toThrow()
    expect((await second).text).toBe('2 €')
    expect(notes()).toEqual(['up'])
  })
})

describe('the context of providerTasks', () => {
  test('is closed, and its hooks have run, before close() of the pool resolves', async () => {
    const pool = startPool()
    await new ReportTasks(pool).make(1)
    expect(notes()).toEqual(['up'])
    await pool.close()
    expect(notes()).toEqual(['up', 'destroyed', 'down'])
  })

  test('is closed when its thread is recycled', async () => {
    const pool = startPool({ minThreads: 1 })
    const tasks = new ReportTasks(pool)
    await tasks.make(1)
    await pool.recycle()
    expect((await tasks.make(1)).count).toBe(1)
    expect(notes()).toEqual(['up', 'destroyed', 'down', 'up'])
    await pool.close()
  })

  test('is closed when its thread ends because it is idle', async () => {
    const pool = startPool({ idleTimeout: 1 })
    await new ReportTasks(pool).make(1)
    await expect.poll(notes).toEqual(['up', 'destroyed', 'down'])
    await pool.close()
  })

  test('is also closed when the thread ends while it is starting', async () => {
    const pool = startPool()
    const call = new ReportTasks(pool).make(1).start()
    await pool.close()
    expect((await call).count).toBe(1)
    expect(notes()).toEqual(['up', 'destroyed', 'down'])
  })

  test.each([
    ['prints warnings, and not that it starts', 'reports.tasks.mjs', ['WARN']],
    ['prints what its options say', 'reports-told.tasks.mjs', ['LOG', 'WARN']]
  ])('%s', async (_, name, levels) => {
    const script = `
      import { createPool } from '@bridge/pool'
      const pool = createPool({ maxThreads: 1 })
      await pool.import(new URL(${JSON.stringify(fixture(name).href)})).make(1)
      await pool.close()`
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      { cwd: import.meta.dirname }
    )
    const printed = [...new Set((stdout + stderr).match(/\b(LOG|WARN|ERROR)\b/g))]
    expect({ printed, isStartTold: stdout.includes('NestFactory') }).toEqual({
      printed: levels,
      isStartTold: levels.includes('LOG')
    })
  })

  test('fails with an explanation if its module makes a pool', async () => {
    const pool = startPool()
    class Tasks extends defineTasks<typeof import('./fixtures/reports/pooled.tasks.mjs')>(
      fixture('pooled.tasks.mjs')
    ) {}
    const tasks = new Tasks(pool)
    await expect(tasks.pooled()).rejects.toThrow(
      /BridgeModule\.forRoot\(\): providerTasks\(\) starts PooledModule in each thread/
    )
    await expect(tasks.pooled()).rejects.toThrow(InvalidArgumentError)
    expect(await tasks.inPlace()).toBe('inline')
    await pool.close()
  })
})

describe('providerTasks in place', () => {
  beforeEach(() => vi.stubEnv('REPORTS_LOG', log()))
  afterEach(async () => {
    await closeWorkerContexts()
    vi.unstubAllEnvs()
  })

  class InPlace extends defineTasks<Told>(fixture('reports.tasks.mjs'), { load: () => told }) {}

  test('share one context in the process, until it is closed', async () => {
    const tasks = new InPlace(inline)
    expect([(await tasks.make(1)).count, await tasks.total(1)]).toEqual([1, 2])
    expect(tasks.make(1).runSync().count).toBe(3)
    await closeWorkerContexts()
    expect(notes()).toEqual(['up', 'destroyed', 'down'])
    expect((await tasks.make(1)).count).toBe(1)
    await closeWorkerContexts()
    await closeWorkerContexts()
    expect(notes()).toEqual(['up', 'destroyed', 'down', 'up', 'destroyed', 'down'])
  })

  test('stream in their first call', async () => {
    const tasks = new InPlace(inline)
    expect(await listOf(tasks.rowsLater(2))).toEqual(['0 €', '1 €'])
    expect(await listOf(tasks.rows(2))).toEqual(['0 €', '1 €'])
  })

  test('throw what a method throws', async () => {
    await expect(new InPlace(inline).refuse()).rejects.toThrow(ConflictException)
  })
})

describe('providerTasks', () => {
  test('has the types of the methods, and checks their names', () => {
    const tasks = providerTasks(ReportsModule, Reports, 'make', 'rows')
    expectTypeOf(tasks).toEqualTypeOf<Pick<Reports, 'make' | 'rows'>>()
    expectTypeOf<ReportTasks['makeLater']>().returns.resolves.toEqualTypeOf<{
      text: string
      count: number
      thread: number
    }>()
    // @ts-expect-error: there is no such method
    providerTasks(ReportsModule, Reports, 'mkae')
    // @ts-expect-error: that is no method
    providerTasks(ReportsModule, Reports, 'currency')
  })

  test.each([
    ['a module', () => providerTasks({} as never, Reports, 'make')],
    ['a provider', () => providerTasks(ReportsModule, undefined as never, 'make' as never)],
    ['a method', () => providerTasks(ReportsModule, Reports)],
    ['names', () => providerTasks(ReportsModule, Reports, 7 as never)],
    ['a module for its context', () => workerContext(undefined as never)],
    ['options that there are', () => workerContext(ReportsModule, { loger: false } as never)]
  ])('is refused without %s', (_, make) => {
    expect(make).toThrow(InvalidArgumentError)
  })

  test('rejects a call of a method that the provider does not have', async () => {
    const { mkae } = providerTasks(ReportsModule, Reports, 'mkae' as never) as { mkae(): unknown }
    vi.stubEnv('REPORTS_LOG', log())
    await expect(mkae()).rejects.toThrow(/providerTasks\(\): mkae must be a method of Reports/)
    await closeWorkerContexts()
    vi.unstubAllEnvs()
  })

  test('of the CommonJS copy shares the contexts of the ES copy', async () => {
    const commonjs = createRequire(import.meta.url)(
      '@bridge/nest/worker'
    ) as typeof import('@bridge/nest/worker')
    const { make } = providerTasks(ReportsModule, Reports, 'make')
    const other = commonjs.providerTasks(ReportsModule, Reports, 'make')
    const first = await make(1)
    expect((await other.make(1)).count).toBe(first.count + 1)
    await commonjs.closeWorkerContexts()
    expect((await make(1)).count).toBe(1)
    await closeWorkerContexts()
  })
})
