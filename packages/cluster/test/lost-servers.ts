import { WorkerLostError } from '@bridge/core'
import { expect, it } from 'vitest'
import { type ClusterBench, describeCluster, failed, type Kind } from './cluster-bench.js'

/** What happens to calls when the server is killed, and to calls that are made while it is away. */
export function lostServerTests(kind: Kind): void {
  describeCluster(kind, 'a server that is killed', bench => {
    it('and restarted delivers the results of calls that ran in the meantime', async () => {
      const { tasks, journal, gate } = await ready(bench())
      const call = tasks.hold(journal, gate, 'value').start()
      await bench().written(journal, 'began')
      await bench().killServer()
      bench().open(gate)
      await bench().written(journal, 'ended')
      await bench().server.start()
      expect(await call).toBe('value')
      expect(bench().lines(journal)).toHaveLength(2)
    })

    it('and restarted before a call ends delivers its result', async () => {
      const { tasks, journal, gate } = await ready(bench())
      const call = tasks.hold(journal, gate, 'value').start()
      await bench().written(journal, 'began')
      await bench().killServer()
      await bench().server.start()
      bench().open(gate)
      expect(await call).toBe('value')
    })

    it('and restarted takes calls as before', async () => {
      const { tasks } = await ready(bench())
      await bench().killServer()
      const calls = [1, 2, 3].map(n => tasks.echo(n).start())
      await bench().server.start()
      expect(await Promise.all(calls)).toEqual([1, 2, 3])
      expect(await tasks.echo('later')).toBe('later')
    })

    it('ends a stream that lost items with an error, or delivers all of them', async () => {
      const { tasks, journal, gate } = await ready(bench())
      const items: unknown[] = []
      const stream = tasks.counting(journal, 100, gate)
      const ended = (async () => {
        for await (const item of stream) items.push(item)
      })()
      const outcome = ended.then(
        () => undefined,
        (error: unknown) => error
      )
      await bench().until('items', () => (items.length > 0 ? true : undefined))
      await bench().killServer()
      bench().open(gate)
      await bench().written(journal, 'closed')
      await bench().server.start()
      const error = await outcome
      if (error === undefined)
        expect(items).toEqual([...Array.from({ length: 100 }, (_, n) => n + 1), 'last'])
      else expect(error).toBeInstanceOf(WorkerLostError)
      expect(await tasks.echo('later')).toBe('later')
    })

    it('and stays away lets calls time out', async () => {
      const { tasks, journal, gate } = await ready(bench())
      const held = failed(tasks.hold(journal, gate).with({ timeout: 500 }))
      await bench().written(journal, 'began')
      await bench().killServer()
      const made = failed(tasks.echo(1).with({ timeout: 300 }))
      expect(await held).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
      expect(await made).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
      await bench().server.start()
      expect(await tasks.echo(2)).toBe(2)
      // The call that was made while the server was away has timed out, so it is not run.
      await bench().written(journal, 'stopped')
    })

    it('and stays away does not keep a cluster from closing', async () => {
      const { cluster, tasks, journal, gate } = await ready(bench())
      const held = failed(tasks.hold(journal, gate).with({ timeout: 300 }))
      await bench().written(journal, 'began')
      await bench().killServer()
      await cluster.close()
      expect(await held).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
      await bench().server.start()
    })

    it('and stays away does not keep a worker from stopping', async () => {
      const { worker } = await ready(bench())
      await bench().killServer()
      expect(await worker.stop()).toBe(0)
      await bench().server.start()
    })

    it('while a worker is being stopped does not keep it from stopping', async () => {
      const { worker } = await ready(bench())
      const stopped = worker.stop()
      await bench().killServer()
      expect(await stopped).toBe(0)
      await bench().server.start()
    })

    it('fails the first call of a cluster, and names the server', async () => {
      await bench().killServer()
      const error = await failed(bench().tasks().echo(1))
      expect(error.message).toContain(`127.0.0.1:${bench().server.port}`)
      await bench().server.start()
    })

    it('lets a cluster whose first call failed connect later', async () => {
      const tasks = bench().tasks()
      await bench().killServer()
      await failed(tasks.echo(1))
      await bench().server.start()
      await bench().worker()
      expect(await tasks.echo(2)).toBe(2)
    })
  })

  if (!kind.hasQueue) return
  describeCluster(kind, 'a server that is killed while a job is waited for', bench => {
    it('does not extend the wait beyond its timeout', async () => {
      const { cluster, tasks, journal, gate } = await ready(bench())
      const id = await tasks.hold.enqueue(journal, gate)
      await bench().written(journal, 'began')
      const late = failed(cluster.jobResult(id, { timeout: 1000 }))
      const stop = new AbortController()
      const aborted = failed(cluster.jobResult(id, { signal: stop.signal }))
      await bench().killServer()
      expect(await late).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
      stop.abort(new Error('not needed'))
      expect((await aborted).message).toBe('not needed')
      await bench().server.start()
    })
  })

  describeCluster(kind, 'a server without persistence', bench => {
    it('fails the calls that waited there, with a message that they may or may not have run', async () => {
      const { tasks, journal, gate } = await ready(bench())
      const held = tasks.hold(journal, gate).start()
      await bench().written(journal, 'began')
      const queued = failed(tasks.noted(journal, 'queued'))
      const again = tasks.noted(journal, 'again').with({ retries: 1 }).start()
      await bench().waiting(2)
      await bench().killServer()
      await bench().server.start()
      const error = await queued
      expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: true })
      expect(error.message).toMatch(/may or may not have run/)
      bench().open(gate)
      expect(await again).toBe('again')
      await held
      expect(bench().lines(journal)).not.toContain('queued')
    })
  })

  describeCluster(
    kind,
    'a server with persistence',
    bench => {
      it('runs the calls that waited there', async () => {
        const { tasks, journal, gate } = await ready(bench())
        const held = tasks.hold(journal, gate, 'value').start()
        await bench().written(journal, 'began')
        const queued = [1, 2, 3].map(n => tasks.noted(journal, n).start())
        await bench().waiting(3)
        await bench().killServer()
        await bench().server.start()
        bench().open(gate)
        expect(await held).toBe('value')
        expect(await Promise.all(queued)).toEqual([1, 2, 3])
        expect(bench().lines(journal).slice(2)).toEqual(['1', '2', '3'])
      })
    },
    { keeps: true }
  )
}

/** A worker with one thread, and its caller. */
async function ready(bench: ClusterBench) {
  const worker = await bench.worker('--threads', '1')
  const cluster = bench.cluster()
  const tasks = bench.tasksOf(cluster)
  expect(await tasks.echo(0)).toBe(0)
  return { worker, cluster, tasks, journal: bench.file('journal'), gate: bench.file('gate') }
}
