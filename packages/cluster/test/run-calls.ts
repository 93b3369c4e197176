import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { pathToFileURL } from 'node:url'
import { carry } from '@bridge/context'
import type { CallTrace } from '@bridge/core'
import { createPool } from '@bridge/pool'
import { expect, it, onTestFinished } from 'vitest'
import { all, type ClusterBench, describeCluster, failed, type Kind, TASKS } from './cluster-bench.js'
import { ScratchPackage } from './workers.js'

/** A worker whose one thread is occupied, and its caller. */
async function held(bench: ClusterBench) {
  await bench.serve()
  const tasks = bench.tasks()
  const [journal, gate] = [bench.file('journal'), bench.file('gate')]
  const first = tasks.hold(journal, gate, 'first').start()
  await bench.written(journal, 'began')
  return {
    tasks,
    journal,
    gate,
    first,
    notes: () => bench.lines(journal).filter(line => !/first/.test(line))
  }
}

/** Calls that wait, and the order in which they run. */
export function waitingCallTests(kind: Kind): void {
  describeCluster(kind, 'calls that wait', bench => {
    it('run by their priority, and within one in the order in which they were made', async () => {
      const { tasks, journal, gate, first, notes } = await held(bench())
      const calls = [0, -1, 5, 0.5, 5, 0].map((priority, n) =>
        tasks.noted(journal, n).with({ priority }).start()
      )
      // When the last call has arrived, all have.
      await bench().waiting(6)
      bench().open(gate)
      expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4, 5])
      expect(await first).toBe('first')
      expect(notes()).toEqual(['2', '4', '3', '0', '5', '1'])
    })

    it('never run once they are cancelled, or have timed out', async () => {
      const { tasks, journal, gate, notes } = await held(bench())
      const stop = new AbortController()
      const late = failed(tasks.noted(journal, 'late').with({ timeout: 300 }))
      const aborted = failed(tasks.noted(journal, 'aborted').with({ signal: stop.signal }))
      const call = tasks.noted(journal, 'cancelled').start()
      const cancelled = failed(call)
      await bench().waiting(3)
      stop.abort(new Error('not needed'))
      call.cancel()
      expect((await aborted).message).toBe('not needed')
      expect(await cancelled).toMatchObject({ code: 'BRIDGE_ABORTED' })
      expect(await late).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
      bench().open(gate)
      expect(await tasks.noted(journal, 'after')).toBe('after')
      expect(notes()).toEqual(['after'])
    })

    it('count their time in the queue towards timeout, and not towards runTimeout', async () => {
      const { tasks, journal, gate, first } = await held(bench())
      const limited = tasks.limits().with({ timeout: 60_000 }).start()
      const run = tasks.noted(journal, 'run').with({ runTimeout: 30_000 }).start()
      await bench().waiting(2)
      const waited = Date.now()
      await bench().until('some time', () => (Date.now() - waited > 100 ? true : undefined))
      bench().open(gate)
      await first
      const left = await limited
      expect(left).toBeGreaterThan(30_000)
      expect(left).toBeLessThan(60_000 - 95)
      expect(await run).toBe('run')
    })

    it('are seen by stats()', async () => {
      const { tasks, gate, first } = await held(bench())
      const calls = [1, 2, 3].map(n => tasks.echo(n).start())
      await bench().waiting(3)
      const { counts, workers } = await bench().cluster().stats(TASKS)
      if (kind.hasQueue) expect(counts).toMatchObject({ queued: 3, running: 1, oldest: expect.any(Number) })
      else expect(counts).toBeUndefined()
      expect(workers).toHaveLength(1)
      expect(workers[0]).toMatchObject({ running: 1, queued: kind.hasQueue ? 0 : 3 })
      expect(workers[0]?.offers[0]).toMatch(/tasks\.mjs@/)
      bench().open(gate)
      await Promise.all([first, ...calls])
    })
  })

  describeCluster(kind, 'stats()', bench => {
    it('shows no worker if there is none', async () => {
      const { workers } = await bench().cluster().stats(TASKS)
      expect(workers).toEqual([])
    })
  })
}

/** The data that travels with calls, and their traces. */
export function runCallTests(kind: Kind): void {
  describeCluster(kind, 'a call that runs', bench => {
    it('is traced with its worker and its time in queues', async () => {
      const worker = await bench().serve()
      const traces: CallTrace[] = []
      const channel = tracingChannel('bridge:call')
      const handlers = { asyncEnd: (trace: unknown) => void traces.push(trace as CallTrace) }
      channel.subscribe(handlers as never)
      try {
        await bench().tasks().echo(1)
        await all(bench().tasks().counting(bench().file('journal'), 3))
      } finally {
        channel.unsubscribe(handlers as never)
      }
      for (const name of ['echo', 'counting']) {
        const trace = traces.find(one => one.name === name)
        expect(trace).toMatchObject({ worker: worker.address, executor: 'cluster' })
        expect(trace?.waitTime).toBeGreaterThanOrEqual(0)
        expect(trace?.waitTime).toBeLessThan(5000)
      }
    })

    it('has its wait behind another call in its trace', async () => {
      const { tasks, gate, first } = await held(bench())
      const traces: CallTrace[] = []
      const channel = tracingChannel('bridge:call')
      const handlers = { asyncEnd: (trace: unknown) => void traces.push(trace as CallTrace) }
      channel.subscribe(handlers as never)
      try {
        const call = tasks.echo(1).start()
        await bench().waiting(1)
        const waited = Date.now()
        await bench().until('some time', () => (Date.now() - waited > 100 ? true : undefined))
        bench().open(gate)
        await Promise.all([first, call])
      } finally {
        channel.unsubscribe(handlers as never)
      }
      expect(traces.find(({ name }) => name === 'echo')?.waitTime).toBeGreaterThan(95)
    })

    it('has errors without folders if the worker hides them', async () => {
      await bench().serve({ hidePaths: true })
      const tasks = bench().tasks()
      const journal = bench().file('journal')
      const error = await failed(tasks.fail(journal, `in ${process.cwd()}`))
      expect(error).toBeInstanceOf(RangeError)
      expect(error.message).toBe('in …')
      const own = (error.stack as string).split('\n').filter(line => line.includes('tasks.mjs'))
      expect(own[0]).toMatch(/\(tasks\.mjs:\d+:\d+\)$/)
      const missing = await failed(bench().cluster().import<{ nothing(): void }>(TASKS).nothing())
      expect(missing.message).not.toContain(process.cwd())
    })

    it('has errors with the folders of the worker unless it hides them', async () => {
      await bench().serve()
      const error = await failed(bench().tasks().fail(bench().file('journal'), 'shown'))
      expect(error.stack).toMatch(/fixtures\/tasks\.mjs:\d+:\d+/)
    })

    it("has the context of the worker's carriers, and no other", async () => {
      using scratch = new ScratchPackage('contexts', '1.0.0')
      const mark = bench().file('imported')
      const known = carrierModule(scratch, 'known', mark)
      const unknown = carrierModule(scratch, 'unknown', mark)
      await bench().serve({ carriers: [known.path] })
      const tasks = bench().tasks()
      const seen = await known.storage.run('one', () =>
        unknown.storage.run('two', () => tasks.stores(['known', 'unknown']))
      )
      expect(seen).toEqual(['one', undefined])
      // Modules that a caller names are not imported.
      expect(bench().lines(mark)).toEqual(['known'])
    })

    it.each([
      [
        'in a pool that was passed to the worker',
        () => createPool({ maxThreads: 3, concurrencyPerThread: 2 })
      ],
      ['in the pool of a worker with these options', () => ({ minThreads: 6 })]
    ])('runs beside as many others as have room %s', async (_, makePool) => {
      const pool = makePool()
      onTestFinished(async () => void ('close' in pool && (await pool.close())))
      await bench().serve({ pool, maxQueue: 0 })
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const calls = [1, 2, 3, 4, 5, 6].map(n => bench().tasks().hold(journal, gate, n).start())
      await bench().written(journal, 'began', 6)
      bench().open(gate)
      expect(await Promise.all(calls)).toEqual([1, 2, 3, 4, 5, 6])
    })

    it('runs in a pool that was passed to the worker, which it leaves open', async () => {
      const pool = createPool({ maxThreads: 1, name: 'own' })
      onTestFinished(() => pool.close())
      const worker = await bench().serve({ pool })
      expect(await bench().tasks().whereabouts()).toMatch(new RegExp(`^${process.pid}:[1-9]`))
      await worker.close()
      const own = pool.import<{ pid(): number }>(TASKS)
      expect(await own.pid()).toBe(process.pid)
    })
  })

  describeCluster(kind, 'a stream', bench => {
    it('whose consumer is slow is bounded', async () => {
      const worker = await bench().serve()
      const journal = bench().file('journal')
      const stream = bench()
        .tasks()
        .large(journal, 64 * 1024)
        [Symbol.asyncIterator]()
      await stream.next()
      const made = await bench().steady(() => bench().lines(journal).length)
      // About a megabyte is ahead, plus what is on its way.
      expect(made * 64 * 1024).toBeLessThan(8 * 1024 * 1024)
      for (let n = 0; n < 2 * made; n++) await stream.next()
      expect(bench().lines(journal).length).toBeGreaterThan(made)
      await stream.return?.(undefined)
      await bench().written(journal, 'closed')
      expect(worker.stats()).toEqual({ running: 0, queued: 0 })
    })

    it("of numbers is bounded by its consumer's highWaterMark", async () => {
      await bench().serve()
      const journal = bench().file('journal')
      const stream = bench().tasks().numbers(journal).with({ highWaterMark: 1500 })[Symbol.asyncIterator]()
      await stream.next()
      await bench().written(journal, 'made 1000')
      expect(await bench().steady(() => bench().lines(journal).length)).toBe(2)
      await stream.return?.(undefined)
    })

    it('has items that each fit into a message, although two of them do not', async () => {
      await bench().serve()
      const most = (kind.name === 'bullmq' ? 8 : 1) * 1024 * 1024
      const small = Array.from({ length: 100 }, () => 1)
      const sizes = [1, 2, 3, 4, 5].flatMap(() => [...small, 100 * 1024, most - 8 * 1024])
      const items = await all(bench().tasks().sized(sizes))
      expect(items.map(({ length }) => length)).toEqual(sizes)
    })

    it('that its consumer has dropped is closed in the worker', async () => {
      const worker = await bench().serve()
      const journal = bench().file('journal')
      for await (const n of bench().tasks().numbers(journal)) if (n === 10) break
      await bench().written(journal, 'closed')
      await bench().until('an idle worker', () => (worker.stats().running === 0 ? true : undefined))
    })

    it('does not count as running in its worker, so that other calls run', async () => {
      await bench().serve()
      const tasks = bench().tasks()
      const journal = bench().file('journal')
      const stream = tasks.counting(journal, 1, bench().file('gate'))[Symbol.asyncIterator]()
      await stream.next()
      expect(await tasks.echo('beside')).toBe('beside')
      bench().open(bench().file('gate'))
      expect(await stream.next()).toEqual({ done: false, value: 'last' })
    })

    it('is aborted by its signal, and says why', async () => {
      await bench().serve()
      const journal = bench().file('journal')
      const stop = new AbortController()
      const stream = bench().tasks().counting(journal, 1, bench().file('gate')).with({ signal: stop.signal })
      const iterator = stream[Symbol.asyncIterator]()
      await iterator.next()
      const next = failed(iterator.next())
      const reason = new Error('enough')
      stop.abort(reason)
      expect(await next).toBe(reason)
      bench().open(bench().file('gate'))
      await bench().written(journal, 'closed')
    })
  })
}

/** A module that carries a storage, and reports its import; it is also imported here, as a caller's would be. */
function carrierModule(scratch: ScratchPackage, name: string, mark: string) {
  const path = scratch.module(
    `${name}.mjs`,
    `import { AsyncLocalStorage } from 'node:async_hooks'
     import { appendFileSync } from 'node:fs'
     import { carry } from ${JSON.stringify(import.meta.resolve('@bridge/context'))}
     appendFileSync(${JSON.stringify(mark)}, '${name}\\n')
     globalThis.stores ??= new Map()
     globalThis.stores.set('${name}', carry(new AsyncLocalStorage(), { name: '${scratch.folder}/${name}', module: import.meta.url }))`
  )
  const options = { name: `${scratch.folder}/${name}`, module: pathToFileURL(path) }
  return { path, storage: carry(new AsyncLocalStorage<string>(), options) }
}
