import { WorkerLostError } from '@bridge/core'
import { expect, it } from 'vitest'
import { all, type ClusterBench, describeCluster, failed, type Kind, until } from './cluster-bench.js'

/** Milliseconds within which a loss is reported, also on a busy machine. */
const SOON = 3000

/** What happens to calls whose worker ends. */
export function lostWorkerTests(kind: Kind): void {
  describeCluster(kind, 'a worker that ends', bench => {
    it('fails the calls that it had, which may have run', async () => {
      const { tasks, worker, journal } = await holding(bench())
      const call = failed(tasks.hold(journal, bench().file('gate')))
      await bench().written(journal, 'began')
      const began = performance.now()
      await worker.kill()
      const error = await call
      expect(error).toBeInstanceOf(WorkerLostError)
      expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: true })
      expect(error.message).toMatch(
        /^hold\(\): its worker, [\w-]+, is gone; the task may or may not have run/
      )
      expect(performance.now() - began).toBeLessThan(SOON)
    })

    it('has its calls sent to another worker, if retries allow it', async () => {
      const { tasks, worker, journal } = await holding(bench())
      const gate = bench().file('gate')
      const call = tasks.hold(journal, gate).with({ retries: 1 }).start()
      await bench().written(journal, 'began')
      const other = await bench().worker()
      const began = performance.now()
      await worker.kill()
      await bench().written(journal, 'began', 2)
      expect(performance.now() - began).toBeLessThan(SOON)
      bench().open(gate)
      expect(await call).toBe(other.pid)
    })

    it('has no call sent more often than its retries', async () => {
      const { tasks, worker, journal } = await holding(bench())
      const call = failed(tasks.hold(journal, bench().file('gate')).with({ retries: 1 }))
      await bench().written(journal, 'began')
      const other = await bench().worker()
      await worker.kill()
      await bench().written(journal, 'began', 2)
      const third = await bench().worker()
      await other.kill()
      expect(await call).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: true })
      expect(await tasks.pid()).toBe(third.pid)
      expect(bench().lines(journal)).toHaveLength(2)
    })

    it('ends a stream with an error, after the items that have arrived', async () => {
      const { tasks, worker, journal } = await holding(bench())
      const stream = tasks.counting(journal, 3, bench().file('gate'))[Symbol.asyncIterator]()
      for (const value of [1, 2, 3]) expect(await stream.next()).toEqual({ done: false, value })
      await worker.kill()
      expect(await failed(stream.next())).toBeInstanceOf(WorkerLostError)
      expect(await stream.next()).toEqual({ done: true, value: undefined })
    })

    it('fails a call with retries if there is no other worker, and still says that it may have run', async () => {
      const { tasks, worker, journal } = await holding(bench())
      const call = failed(tasks.hold(journal, bench().file('gate')).with({ retries: 1 }))
      await bench().written(journal, 'began')
      await worker.kill()
      const error = await call
      expect(error).toBeInstanceOf(WorkerLostError)
      expect(error).toMatchObject({ mayHaveRun: true, cause: { mayHaveRun: false } })
      expect(error.message).toMatch(
        /is gone; the task may or may not have run.*It was sent again: .*no worker takes calls/
      )
    })

    it('also fails calls that wait for its thread', async () => {
      const { tasks, worker, journal } = await holding(bench())
      const calls = [1, 2, 3].map(n => failed(tasks.hold(journal, bench().file('gate'), n)))
      await bench().written(journal, 'began')
      await worker.kill()
      for (const error of await Promise.all(calls)) expect(error).toBeInstanceOf(WorkerLostError)
      expect(bench().lines(journal)).toHaveLength(1)
    })

    it('lets its calls end when it is requested to stop, and takes no others', async () => {
      const { tasks, worker, journal } = await holding(bench())
      const gate = bench().file('gate')
      const call = tasks.hold(journal, gate).start()
      const items = all(tasks.counting(journal, 3, gate))
      await bench().written(journal, 'began')
      const other = await bench().worker()
      const stopped = worker.stop()
      // It reports the stop once it takes no more calls.
      await until('the line that it stops', () => worker.lines.find(line => line.includes('stops by')))
      expect(await Promise.all([1, 2, 3, 4, 5, 6].map(() => tasks.pid()))).toEqual(Array(6).fill(other.pid))
      bench().open(gate)
      expect(await call).toBe(worker.pid)
      expect(await items).toEqual([1, 2, 3, 'last'])
      expect(await stopped).toBe(0)
      expect(worker.lines.at(-1)).toMatch(/has stopped$/)
    })

    it('is named to the callers of further calls if it is the only one and being stopped', async () => {
      const worker = await bench().serve()
      const tasks = bench().tasks()
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const call = tasks.hold(journal, gate).start()
      await bench().written(journal, 'began')
      const closed = worker.close()
      const error = await until('an error', async () =>
        tasks.pid().then(
          () => undefined,
          thrown => thrown as Error
        )
      )
      expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: false })
      expect(error.message).toMatch(
        new RegExp(
          `the worker ${worker.address} is being stopped and takes no more calls, and no other worker`
        )
      )
      expect(error.message).toMatch(/start another bridge-worker .* The task has not run$/)
      // A call that may be sent again gets the next worker.
      const retried = tasks.noted(journal, 'retried').with({ retries: 20 }).start()
      await bench().serve()
      expect(await retried).toBe('retried')
      bench().open(gate)
      expect(await call).toBe(process.pid)
      await closed
    })

    it('notifies the callers of calls that it has stopped after its time', async () => {
      const { tasks, worker, journal } = await holding(bench(), '--drain', '50', '--threads', '2')
      const calls = [tasks.hold(journal, bench().file('gate')), tasks.spin(journal)].map(call => failed(call))
      await bench().written(journal, 'began', 2)
      expect(await worker.stop()).toBe(0)
      for (const error of await Promise.all(calls)) {
        expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: true })
        expect(error.message).toMatch(/its worker was stopped/)
      }
      expect(
        bench()
          .lines(journal)
          .some(line => line.startsWith('stopped'))
      ).toBe(true)
    })

    it('has a call sent again if only its thread has ended', async () => {
      const { tasks, journal } = await holding(bench())
      expect(await tasks.endOnce(journal).with({ retries: 1 })).toBe('ended once')
      expect(bench().lines(journal)).toHaveLength(2)
      const error = await failed(tasks.endOnce(bench().file('other')))
      expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: true })
    })

    it('is not to be confused with an error of the task, after which no call is sent again', async () => {
      const { tasks, journal } = await holding(bench())
      const error = await failed(tasks.fail(journal, 'by itself').with({ retries: 3 }))
      expect(error).toBeInstanceOf(RangeError)
      expect(error.message).toBe('by itself')
      expect(bench().lines(journal)).toEqual(['by itself'])
    })
  })
}

/** A worker with one thread, and its caller. */
async function holding(bench: ClusterBench, ...args: string[]) {
  const threads = args.includes('--threads') ? [] : ['--threads', '1']
  const worker = await bench.worker(...threads, ...args)
  return { worker, tasks: bench.tasks(), journal: bench.file('journal') }
}
