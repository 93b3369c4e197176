import { CallTimeoutError, InvalidArgumentError, NotCloneableError, TaskNotFoundError } from '@bridge/core'
import { expect, it } from 'vitest'
import { describeCluster, failed, type Kind, TASKS, type Tasks } from './cluster-bench.js'

/** Jobs, and calls that are combined by their key, on an engine that keeps them. */
export function keptJobTests(kind: Kind): void {
  describeCluster(kind, 'a job', bench => {
    it('gives its result to a cluster that has its id', async () => {
      await bench().serve()
      const id = await bench()
        .tasks()
        .echo.enqueue({ deep: [1, new Date(0)] })
      expect(await bench().cluster().jobResult(id)).toEqual({ deep: [1, new Date(0)] })
      expect(await bench().cluster().jobResult(id)).toEqual({ deep: [1, new Date(0)] })
    })

    it('outlives the cluster that added it', async () => {
      await bench().serve()
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const cluster = bench().cluster()
      const id = await cluster.import<Tasks>(TASKS).hold.enqueue(journal, gate, 'kept')
      await bench().written(journal, 'began')
      await cluster.close()
      bench().open(gate)
      expect(await bench().cluster().jobResult(id)).toBe('kept')
    })

    it('may be added before there is a worker', async () => {
      const id = await bench().tasks().echo.enqueue('early')
      const result = bench().cluster().jobResult(id)
      await bench().serve()
      expect(await result).toBe('early')
    })

    it('rejects with the error that it has thrown', async () => {
      await bench().serve()
      const journal = bench().file('journal')
      const id = await bench().tasks().fail.enqueue(journal, 'by itself')
      const error = await failed(bench().cluster().jobResult(id))
      expect(error).toBeInstanceOf(RangeError)
      expect(error.message).toBe('by itself')
      expect(bench().lines(journal)).toHaveLength(1)
    })

    it('is started again after an error as often as allowed', async () => {
      await bench().serve()
      const cluster = bench().cluster()
      const { failing } = cluster.import<Tasks>(TASKS)
      const [one, other] = [bench().file('one'), bench().file('other')]
      const id = await failing.enqueue(one, 2).with({ retries: 2 })
      expect(await cluster.jobResult(id)).toBe(3)
      const short = await failing.enqueue(other, 2).with({ retries: 1 })
      expect((await failed(cluster.jobResult(short))).message).toBe('run 2')
      expect(bench().lines(other)).toHaveLength(2)
    })

    it('is not limited by the timeout of the call that added it', async () => {
      await bench().serve()
      const tasks = bench().tasks()
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const held = tasks.hold(journal, gate).start()
      await bench().written(journal, 'began')
      const id = await tasks.echo.enqueue('later').with({ timeout: 500 })
      const waited = Date.now()
      await bench().until('more than that time', () => (Date.now() - waited > 600 ? true : undefined))
      bench().open(gate)
      await held
      expect(await bench().cluster().jobResult(id)).toBe('later')
    })

    it('is unknown for an unused id, and refused for an invalid one', async () => {
      await bench().serve()
      const cluster = bench().cluster()
      const id = await cluster.import<Tasks>(TASKS).echo.enqueue(1)
      const unknown = await failed(cluster.jobResult(`${id.split('~')[0]}~other`))
      expect(unknown).toBeInstanceOf(TaskNotFoundError)
      expect(unknown.message).toMatch(/has no job .*never added, or is no longer kept/)
      expect(await failed(cluster.jobResult('other'))).toBeInstanceOf(InvalidArgumentError)
    })

    it('is waited for as long as the caller says', async () => {
      const cluster = bench().cluster()
      const id = await cluster.import<Tasks>(TASKS).echo.enqueue(1)
      const late = await failed(cluster.jobResult(id, { timeout: 50 }))
      expect(late).toBeInstanceOf(CallTimeoutError)
      const stop = new AbortController()
      const aborted = failed(cluster.jobResult(id, { signal: stop.signal }))
      stop.abort(new Error('not needed'))
      expect((await aborted).message).toBe('not needed')
      await bench().serve()
      expect(await cluster.jobResult(id)).toBe(1)
    })

    it('that returns a stream, or a value that cannot leave its process, fails', async () => {
      await bench().serve()
      const cluster = bench().cluster()
      const tasks = cluster.import<Tasks>(TASKS)
      const stream = await tasks.counting.enqueue(bench().file('journal'), 3)
      const error = await failed(cluster.jobResult(stream))
      expect(error).toBeInstanceOf(InvalidArgumentError)
      expect(error.message).toMatch(/counting\(\) returns a stream, which a job cannot keep/)
      const unsendable = await tasks.unsendable.enqueue('function')
      expect(await failed(cluster.jobResult(unsendable))).toBeInstanceOf(NotCloneableError)
    })

    it('whose module its worker does not offer fails', async () => {
      await bench().serve({ version: '2.0.0' })
      const cluster = bench().cluster({ version: '1.0.0' })
      const id = await cluster.import<Tasks>(TASKS).echo.enqueue(1)
      expect(await failed(cluster.jobResult(id))).toBeInstanceOf(TaskNotFoundError)
    })

    it('that cannot be sent is refused, and not added', async () => {
      const error = await failed(
        bench()
          .tasks()
          .echo.enqueue((() => 1) as never)
      )
      expect(error).toBeInstanceOf(NotCloneableError)
      expect(
        await failed(
          bench()
            .tasks()
            .size.enqueue(new Uint8Array(10 * 1024 * 1024))
        )
      ).toMatchObject({
        code: 'BRIDGE_TOO_LARGE'
      })
    })

    it('whose result is too large fails', async () => {
      await bench().serve()
      const cluster = bench().cluster()
      const id = await cluster.import<Tasks>(TASKS).bytes.enqueue(10 * 1024 * 1024)
      expect(await failed(cluster.jobResult(id))).toMatchObject({ code: 'BRIDGE_TOO_LARGE' })
    })
  })

  describeCluster(kind, 'calls with one key', bench => {
    it('run once, and all get the outcome', async () => {
      await bench().serve()
      const journal = bench().file('journal')
      const call = (line: string) => bench().tasks().noted(journal, line).with({ idempotencyKey: 'key' })
      const together = await Promise.all(['one', 'two', 'three'].map(call))
      expect(new Set(together).size).toBe(1)
      expect(await call('four')).toBe(together[0])
      expect(bench().lines(journal)).toEqual([together[0]])
    })

    it('get the same error, after which the task is not run again', async () => {
      await bench().serve()
      const journal = bench().file('journal')
      const call = () => bench().tasks().fail(journal, 'once').with({ idempotencyKey: 'key', retries: 3 })
      for (const error of [await failed(call()), await failed(call())]) {
        expect(error).toBeInstanceOf(RangeError)
        expect(error.message).toBe('once')
      }
      expect(bench().lines(journal)).toEqual(['once'])
    })

    it('get the outcome although the first call was cancelled', async () => {
      await bench().serve()
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const first = bench().tasks().hold(journal, gate, 1).with({ idempotencyKey: 'key', timeout: 400 })
      const late = failed(first)
      await bench().written(journal, 'began')
      const second = bench().tasks().hold(journal, gate, 2).with({ idempotencyKey: 'key' }).start()
      expect(await late).toBeInstanceOf(CallTimeoutError)
      bench().open(gate)
      expect(await second).toBe(1)
    })
  })
}

/** An engine that keeps no jobs. */
export function noJobTests(kind: Kind): void {
  describeCluster(kind, 'an engine without jobs', bench => {
    it('refuses them, with a message that names an engine that has them', async () => {
      await bench().serve()
      const cluster = bench().cluster()
      const tasks = cluster.import<Tasks>(TASKS)
      for (const make of [() => tasks.echo.enqueue(1), () => cluster.jobResult('x~y')]) {
        const error = await failed(make())
        expect(error).toBeInstanceOf(InvalidArgumentError)
        expect(error.message).toMatch(/keeps no jobs.*bullmq\(\)/)
      }
      expect(await failed((async () => tasks.echo(1).with({ idempotencyKey: 'key' }))())).toBeInstanceOf(
        InvalidArgumentError
      )
    })
  })
}
