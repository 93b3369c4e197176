import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCluster, memory, serve } from '@bridge/cluster'
import { lossy } from '@bridge/cluster/testing'
import { WorkerLostError } from '@bridge/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { all, failed, linesOf, opens, TASKS, type Tasks, until, writtenIn } from './cluster-bench.js'

/** The kinds of frames of frame.ts. */
const KINDS = {
  call: 1,
  cancel: 2,
  ping: 3,
  ask: 4,
  taken: 16,
  value: 17,
  thrown: 18,
  stream: 19,
  pong: 21,
  items: 32,
  closed: 33
} as const
type KindName = keyof typeof KINDS
const BATCH = 64

/** The kind of a frame, or the kinds of the frames in a batch. */
function kindsIn(frame: Uint8Array): number[] {
  if (frame[2] !== BATCH) return [frame[2] as number]
  const view = new DataView(frame.buffer, frame.byteOffset)
  const kinds: number[] = []
  for (let at = 12; at < frame.length; at += 4 + view.getUint32(at, true))
    kinds.push(frame[at + 4 + 2] as number)
  return kinds
}

/** A worker and a cluster in memory that lose the next frames of a kind, or those chosen by `choose`. */
async function losing(threads = 2) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-lossy-'))
  const left = new Map<number, number>()
  const isWorkers = { only: false, address: '' }
  const chance = { lose: (): boolean => false }
  const lost: number[] = []
  const engine = lossy(memory(), {
    drop(frame, to) {
      if (isWorkers.only && to !== isWorkers.address) return false
      const kinds = kindsIn(frame)
      const due = kinds.find(kind => (left.get(kind) ?? 0) > 0)
      if (due !== undefined) left.set(due, (left.get(due) as number) - 1)
      const isLost = due !== undefined || chance.lose()
      if (isLost) lost.push(...kinds)
      return isLost
    }
  })
  const worker = await serve({ engine, queue: 'tasks', modules: [TASKS], pool: { maxThreads: threads } })
  isWorkers.address = worker.address
  const cluster = createCluster({ engine, queue: 'tasks' })
  onTestFinished(async () => {
    chance.lose = () => false
    left.clear()
    await cluster.close()
    await worker.close({ timeout: 100 })
    rmSync(folder, { recursive: true, force: true })
  })
  const tasks = cluster.import<Tasks>(TASKS)
  const journal = join(folder, 'journal')
  return {
    tasks,
    worker,
    cluster,
    journal,
    gate: join(folder, 'gate'),
    chance,
    /** Loses the next frames of a kind. */
    lose: (kind: KindName, count = 1) => void left.set(KINDS[kind], count),
    /** Loses only frames to the worker. */
    losesToWorker: () => {
      isWorkers.only = true
    },
    /** How many frames of that kind were lost. */
    lost: (kind: KindName) => lost.filter(one => one === KINDS[kind]).length,
    idle: () => until('an idle worker', () => (worker.stats().running === 0 ? true : undefined))
  }
}

describe('lost frames', () => {
  for (const kind of ['value', 'thrown'] as const) {
    it(`a result (${kind}) of a call that was not acknowledged is sent again`, async () => {
      const { tasks, journal, lose, lost } = await losing()
      lose(kind, 2)
      if (kind === 'value') expect(await tasks.noted(journal, 'once')).toBe('once')
      else expect(await failed(tasks.fail(journal, 'once'))).toBeInstanceOf(RangeError)
      expect(linesOf(journal)).toEqual(['once'])
      expect(lost(kind)).toBe(2)
    })
  }

  it('a result of a call that was acknowledged is sent again', async () => {
    const { tasks, journal, gate, lose, lost } = await losing()
    const call = tasks.hold(journal, gate, 'value').start()
    await writtenIn(journal, 'began')
    lose('value')
    opens(gate)
    expect(await call).toBe('value')
    expect(lost('value')).toBe(1)
    expect(linesOf(journal)).toEqual(['began value', 'ended value'])
  })

  it('acknowledgements are sent again, so that their calls can be cancelled', async () => {
    const { tasks, journal, gate, lose, lost } = await losing()
    lose('taken', 3)
    const call = tasks.hold(journal, gate).start()
    await writtenIn(journal, 'began')
    await until('lost acknowledgements', () => (lost('taken') === 3 ? true : undefined))
    const reason = new Error('not needed')
    call.cancel(reason)
    expect(await failed(call)).toBe(reason)
    await writtenIn(journal, 'stopped')
  })

  it('a cancellation is sent again', async () => {
    const { tasks, journal, gate, lose, lost } = await losing()
    const call = tasks.hold(journal, gate).start()
    await writtenIn(journal, 'began')
    lose('cancel', 2)
    call.cancel()
    expect(await failed(call)).toMatchObject({ code: 'BRIDGE_ABORTED' })
    await writtenIn(journal, 'stopped')
    expect(lost('cancel')).toBe(2)
  })

  it('requests and their answers may be lost', async () => {
    const { tasks, journal, gate, lose, lost } = await losing()
    lose('ping', 2)
    lose('pong', 2)
    const call = tasks.hold(journal, gate, 'value').start()
    await until('lost questions', () => (lost('ping') === 2 && lost('pong') === 2 ? true : undefined))
    opens(gate)
    expect(await call).toBe('value')
  })

  it('a call fails with a message that it may have run, and never runs', async () => {
    const { tasks, journal, lose } = await losing()
    lose('call')
    const error = await failed(tasks.noted(journal, 'never'))
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ mayHaveRun: true })
    expect(error.message).toMatch(/no worker has acknowledged it.*may or may not have run/)
    expect(linesOf(journal)).toEqual([])
  })

  it('a call with retries is sent again', async () => {
    const { tasks, journal, lose, lost } = await losing()
    lose('call', 2)
    expect(await tasks.noted(journal, 'once').with({ retries: 2 })).toBe('once')
    expect(lost('call')).toBe(2)
    expect(linesOf(journal)).toEqual(['once'])
  })

  it('a call that is sent again to the worker that has it is not run again', async () => {
    const { tasks, journal, gate, lose, lost, worker, cluster } = await losing()
    lose('taken', 20)
    lose('ask', 20)
    const call = tasks.hold(journal, gate, 'value').with({ retries: 1 }).start()
    // Sent twice.
    await until('two attempts', () => (lost('ask') > 4 ? true : undefined))
    opens(gate)
    expect(await call).toBe('value')
    expect(linesOf(journal)).toEqual(['began value', 'ended value'])
    await cluster.close()
    await worker.close()
  })

  it('a stream whose opening frame was lost fails, or is opened', async () => {
    const { tasks, journal, lose, idle } = await losing()
    lose('stream')
    const outcome = await all(tasks.counting(journal, 3)).catch((error: unknown) => error)
    if (!Array.isArray(outcome)) expect(outcome).toBeInstanceOf(WorkerLostError)
    else expect(outcome).toEqual([1, 2, 3, 'last'])
    await writtenIn(journal, 'closed')
    await idle()
  })

  it('an awaited stream whose opening frame was lost is opened', async () => {
    const { tasks, journal, lose } = await losing()
    lose('stream')
    const stream = tasks.counting(journal, 3).with({ highWaterMark: 1 })
    expect(await all(stream)).toEqual([1, 2, 3, 'last'])
  })

  for (const count of [1, 2, 3]) {
    it(`a stream that has lost ${count} of its frames fails, and its generator is closed`, async () => {
      const { tasks, journal, gate, lose, idle } = await losing()
      const stream = tasks.counting(journal, 10, gate).with({ highWaterMark: 1 })
      const iterator = stream[Symbol.asyncIterator]()
      expect(await iterator.next()).toEqual({ done: false, value: 1 })
      // Frames of the caller, which request more items, and of the worker.
      lose('items', count)
      const rest = (async () => {
        for (;;) if ((await iterator.next()).done === true) return
      })()
      expect(await failed(rest)).toBeInstanceOf(WorkerLostError)
      await writtenIn(journal, 'closed')
      await idle()
    })
  }

  it('a stream whose requests for items were lost fails', async () => {
    const { tasks, journal, lose, losesToWorker, idle } = await losing()
    const iterator = tasks.numbers(journal).with({ highWaterMark: 1 })[Symbol.asyncIterator]()
    await iterator.next()
    losesToWorker()
    lose('items')
    const rest = (async () => {
      for (;;) await iterator.next()
    })()
    expect(await failed(rest)).toBeInstanceOf(WorkerLostError)
    await writtenIn(journal, 'closed')
    await idle()
  })

  it('a stream whose end was lost fails', async () => {
    const { tasks, journal, gate, lose } = await losing()
    const iterator = tasks.counting(journal, 1, gate)[Symbol.asyncIterator]()
    expect(await iterator.next()).toEqual({ done: false, value: 1 })
    lose('items', 9)
    lose('closed', 9)
    opens(gate)
    expect(await failed(iterator.next())).toBeInstanceOf(WorkerLostError)
  })

  it('a stream that its consumer has stopped is closed, although all frames about that were lost', async () => {
    const { tasks, journal, lose, idle } = await losing()
    const iterator = tasks.numbers(journal).with({ closeTimeout: 50 })[Symbol.asyncIterator]()
    await iterator.next()
    for (const kind of ['items', 'closed', 'cancel'] as const) lose(kind, 2)
    // The loss of items may be reported first.
    await iterator
      .return?.(undefined)
      .catch((error: unknown) => expect(error).toBeInstanceOf(WorkerLostError))
    await writtenIn(journal, 'closed')
    await idle()
  })

  for (const seed of [1, 2, 3]) {
    it(`settles each call once if any frame may be lost: seed ${seed}`, async () => {
      const { tasks, journal, chance, idle } = await losing(4)
      let state = seed
      const random = (): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return state / 2 ** 32
      }
      chance.lose = () => random() < 0.1
      const settled = await Promise.allSettled(
        Array.from({ length: 200 }, async (_, n) => {
          const kind = n % 4
          if (kind === 0) return tasks.noted(journal, `${n}`)
          if (kind === 1) return tasks.echo(n).with({ retries: 3 })
          if (kind === 2) return all(tasks.counting(`${journal}-streams`, 5))
          const call = tasks.hold(`${journal}-held`, 'never').start()
          setImmediate(() => call.cancel())
          return call
        })
      )
      for (const [n, result] of settled.entries()) {
        if (result.status === 'fulfilled') continue
        const code = n % 4 === 3 ? 'BRIDGE_ABORTED' : 'BRIDGE_WORKER_LOST'
        expect(result.reason, `call ${n}`).toMatchObject({ code })
      }
      const ran = linesOf(journal)
      expect(new Set(ran).size).toBe(ran.length)
      await idle()
    })
  }
})
