import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCluster, type Engine, memory, serve } from '@bridge/cluster'
import { lossy } from '@bridge/cluster/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { all, failed, opens, TASKS, type Tasks, until } from './cluster-bench.js'

const KINDS = { ping: 3, ask: 4, seen: 9, taken: 16, value: 17, mark: 23, batch: 64 } as const
const MIB = 1024 * 1024
/** What two workers may have on their way to one caller, with the heads of their frames. */
const ROOM = 5 * MIB

/** The frames in a message, each with its kind and its head. */
function framesIn(message: Uint8Array): readonly { kind: number; head: { ids?: number[] } }[] {
  const { buffer, byteOffset, length } = message
  const view = new DataView(buffer, byteOffset, length)
  const one = (start: number) => {
    const end = start + 12 + view.getUint32(start + 8, true)
    const head = new TextDecoder().decode(message.subarray(start + 12, end))
    return { kind: message[start + 2] as number, head: head === '' ? {} : JSON.parse(head) }
  }
  if (message[2] !== KINDS.batch) return [one(0)]
  const frames: ReturnType<typeof one>[] = []
  for (let at = 12; at < length; at += 4 + view.getUint32(at, true)) frames.push(one(at + 4))
  return frames
}

const kindsIn = (message: Uint8Array): number[] => framesIn(message).map(({ kind }) => kind)

/** An engine whose process can stand still: what arrives meanwhile is processed afterwards, in order. */
function standing(engine: Engine) {
  const waiting: (() => void)[] = []
  const stand = {
    isStill: false,
    /** Bytes that have arrived and are not processed. */
    bytes: 0,
    /** All kinds of frames that have arrived. */
    kinds: [] as number[],
    /** How many calls were acknowledged. */
    acknowledged: 0,
    continue() {
      stand.isStill = false
      stand.bytes = 0
      for (const act of waiting.splice(0)) act()
    }
  }
  const made: Engine = {
    name: engine.name,
    honours: engine.honours,
    recipe: undefined,
    connect: events =>
      engine.connect({
        onStatus: isUp => events.onStatus(isUp),
        onFrame(frame) {
          for (const { kind, head } of framesIn(frame)) {
            stand.kinds.push(kind)
            if (kind === KINDS.taken) stand.acknowledged += head.ids?.length ?? 0
          }
          if (!stand.isStill) return events.onFrame(frame)
          stand.bytes += frame.length
          waiting.push(() => events.onFrame(frame))
        }
      })
  }
  return { engine: made, stand }
}

/** Workers in memory, a caller that can stand still, and another caller. */
async function bench(workers = 1, makeEngine = (engine: Engine) => engine) {
  const engine = makeEngine(memory())
  const folder = mkdtempSync(join(tmpdir(), 'bridge-cluster-'))
  const pool = { maxThreads: 2, concurrencyPerThread: 200 }
  const served = await Promise.all(
    Array.from({ length: workers }, () => serve({ engine, modules: [TASKS], pool, maxQueue: 200 }))
  )
  const { engine: own, stand } = standing(engine)
  const cluster = createCluster({ engine: own })
  const other = createCluster({ engine })
  onTestFinished(async () => {
    stand.continue()
    await Promise.all([cluster.close(), other.close()])
    await Promise.all(served.map(worker => worker.close({ timeout: 100 })))
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    cluster,
    served,
    stand,
    journal: join(folder, 'journal'),
    gate: join(folder, 'gate'),
    tasks: cluster.import<Tasks>(TASKS),
    other: other.import<Tasks>(TASKS),
    idle: () => until('idle workers', () => served.every(worker => worker.stats().running === 0) || undefined)
  }
}

describe('a caller that stands still', () => {
  it.each([
    ['large results', 100, 1000 * 1024],
    ['results of medium size', 400, 60 * 1024]
  ])('has a few megabytes of %s on their way, and the rest when it continues', async (_, count, size) => {
    const { tasks, other, stand, idle, journal, gate } = await bench(2)
    const calls = Array.from({ length: count }, () => tasks.bytesAfter(journal, gate, size).start())
    // A process that stands still does not ask for calls that were not acknowledged.
    await until('acknowledgements', () => stand.acknowledged === count || undefined)
    stand.isStill = true
    opens(gate)
    await until('the first results', () => stand.bytes > 0 || undefined)
    // Meanwhile the workers run all of its calls, and those of others.
    await idle()
    for (let n = 0; n < 20; n++) expect(await other.echo(n)).toBe(n)
    expect(await other.bytes(size)).toHaveLength(size)
    expect(stand.bytes).toBeLessThan(ROOM)
    stand.continue()
    const results = await Promise.all(calls)
    expect(results.map(({ length }) => length)).toEqual(Array(count).fill(size))
  })

  it('has a few megabytes of streams on their way, and their items when it continues', async () => {
    const { tasks, other, stand, gate } = await bench()
    const sizes = Array.from({ length: 8 }, () => 200 * 1024)
    const streams = Promise.all(Array.from({ length: 30 }, async () => all(tasks.sizedAfter(gate, sizes))))
    await until('acknowledgements', () => stand.acknowledged === 30 || undefined)
    stand.isStill = true
    opens(gate)
    await until('the first items', () => stand.bytes > 0 || undefined)
    for (let n = 0; n < 20; n++) expect(await other.echo(n)).toBe(n)
    expect(stand.bytes).toBeLessThan(ROOM)
    stand.continue()
    for (const items of await streams) expect(items.map(({ length }) => length)).toEqual(sizes)
  })

  it('gets what its worker holds for it before the worker is closed', async () => {
    const { tasks, stand, idle, served, journal, gate } = await bench()
    const calls = Array.from({ length: 20 }, () => tasks.bytesAfter(journal, gate, MIB / 2).start())
    await until('acknowledgements', () => stand.acknowledged === 20 || undefined)
    stand.isStill = true
    opens(gate)
    await until('the first results', () => stand.bytes > 0 || undefined)
    await idle()
    const closed = served[0]?.close({ timeout: 60_000 })
    stand.continue()
    expect(await Promise.all(calls)).toHaveLength(20)
    await closed
  })

  it('and ends leaves nothing in the worker, which can be closed at once', async () => {
    const engine = memory()
    const worker = await serve({ engine, modules: [TASKS] })
    let frames = 0
    // Closed without waiting for its calls, as a process that ends.
    const caller = await engine.connect({ onStatus: () => {}, onFrame: () => frames++ })
    const cluster = createCluster({ engine: { ...engine, connect: async () => caller } })
    const calls = Array.from({ length: 20 }, () => failed(cluster.import<Tasks>(TASKS).bytes(MIB / 2)))
    await until('a frame', () => frames > 0 || undefined)
    await until('an idle worker', () => worker.stats().running === 0 || undefined)
    await caller.close()
    await worker.close({ timeout: 600_000 })
    await Promise.all(calls)
    await cluster.close()
  })
})

describe('results that are held for a caller', () => {
  it.each(['mark', 'seen'] as const)('arrive although frames of the kind %s are lost', async kind => {
    let left = 5
    const drop = (frame: Uint8Array): boolean => kindsIn(frame).includes(KINDS[kind]) && left-- > 0
    const { tasks } = await bench(1, engine => lossy(engine, { drop }))
    const results = await Promise.all(Array.from({ length: 30 }, () => tasks.bytes(MIB / 2)))
    expect(results).toHaveLength(30)
    expect(left).toBeLessThan(0)
  })

  it('arrive although they are lost on their way', async () => {
    let left = 3
    const drop = (frame: Uint8Array): boolean =>
      frame.length > MIB / 4 && kindsIn(frame).includes(KINDS.value) && left-- > 0
    const { tasks } = await bench(1, engine => lossy(engine, { drop }))
    const results = await Promise.all(Array.from({ length: 30 }, () => tasks.bytes(MIB / 2)))
    expect(results).toHaveLength(30)
    expect(left).toBeLessThan(0)
  })

  it('are found when they were lost on their way and others have been sent since', async () => {
    const isLost = new Set<number>()
    let mayAsk = false
    const drop = (frame: Uint8Array): boolean => {
      const kinds = kindsIn(frame)
      if (kinds.includes(KINDS.ping)) return !mayAsk
      if (frame.length < MIB / 4 || !kinds.includes(KINDS.value) || isLost.size === 4) return false
      isLost.add(isLost.size)
      return true
    }
    const { tasks, other, idle } = await bench(1, engine => lossy(engine, { drop }))
    const calls = Array.from({ length: 4 }, () => tasks.bytes(MIB / 2).start())
    await until('the lost results', () => isLost.size === 4 || undefined)
    await idle()
    for (let n = 0; n < 40; n++) await other.bytes(MIB / 2)
    mayAsk = true
    expect(await Promise.all(calls)).toHaveLength(4)
  })

  it('are not lost when the caller asks for them', async () => {
    // No mark is confirmed until the caller has asked several times.
    let asked = 0
    const drop = (frame: Uint8Array): boolean => {
      if (frame[2] === KINDS.ping) asked++
      return frame[2] === KINDS.seen && asked < 5
    }
    const { tasks } = await bench(1, engine => lossy(engine, { drop }))
    const results = await Promise.all(Array.from({ length: 30 }, () => tasks.bytes(MIB / 2)))
    expect(results).toHaveLength(30)
    expect(asked).toBeGreaterThanOrEqual(5)
  })

  it('are not lost when the caller asks all workers for a call that none has acknowledged', async () => {
    let asked = 0
    const drop = (frame: Uint8Array): boolean => {
      if (frame[2] === KINDS.ask || frame[2] === KINDS.ping) asked++
      return frame[2] === KINDS.seen && asked < 6
    }
    const { tasks } = await bench(1, engine => lossy(engine, { drop }))
    // It ends before it would be acknowledged, and its result is held.
    expect(await tasks.bytes(MIB / 2)).toHaveLength(MIB / 2)
  })

  it('of a stream that has ended are not lost when the caller asks for it', async () => {
    let asked = 0
    const drop = (frame: Uint8Array): boolean => {
      if (frame[2] === KINDS.ping) asked++
      return frame[2] === KINDS.seen && asked < 5
    }
    const { tasks } = await bench(1, engine => lossy(engine, { drop }))
    const sizes = [200, 200, 200, 200].map(size => size * 1024)
    expect((await all(tasks.sized(sizes))).map(({ length }) => length)).toEqual(sizes)
    expect(asked).toBeGreaterThanOrEqual(5)
  })

  it('cost no further message while results are small', async () => {
    const { tasks, stand } = await bench()
    for (let n = 0; n < 200; n++) await tasks.echo(n)
    expect(stand.kinds).not.toContain(KINDS.mark)
    // About one for each 128 KiB.
    for (let n = 0; n < 200; n++) await tasks.bytes(4 * 1024)
    expect(stand.kinds.filter(kind => kind === KINDS.mark).length).toBeLessThan(10)
  })
})
