import { MessageChannel } from 'node:worker_threads'
import { loop, transfer } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { latch, pooled, rejection, TASKS, type Tasks } from './helpers.js'

const MEGABYTE = 2 ** 20
const MOVED = new URL('./fixtures/moved.mjs', import.meta.url)

type Moved = typeof import('./fixtures/moved.mjs')

describe('transfer()', () => {
  it('moves an argument to the thread, so that it is empty at the caller', async () => {
    const bytes = new Uint8Array(8 * MEGABYTE).fill(1)
    const sum = pooled().tasks.sumOf(transfer(bytes, [bytes.buffer]))
    expect(await sum).toBe(8 * MEGABYTE)
    expect(bytes.byteLength).toBe(0)
    expect(bytes.buffer.byteLength).toBe(0)
  })

  it('moves a result to the caller, so that it is empty in the thread', async () => {
    const tasks = pooled({ maxThreads: 1 }).pool.import<Moved>(MOVED)
    expect((await tasks.movedBytes(MEGABYTE)).byteLength).toBe(MEGABYTE)
    expect(await tasks.leftOfMovedBytes()).toBe(0)
  })

  it('works for a caller that blocks, both ways', () => {
    const { pool, tasks } = pooled({ maxThreads: 1 })
    const bytes = new Uint8Array(10).fill(2)
    expect(tasks.sumOf(transfer(bytes, [bytes.buffer])).runSync()).toBe(20)
    expect(bytes.byteLength).toBe(0)
    const { movedBytes, leftOfMovedBytes } = pool.import<Moved>(MOVED)
    expect(movedBytes(100).runSync().byteLength).toBe(100)
    expect(leftOfMovedBytes().runSync()).toBe(0)
  })

  it('works on loop', async () => {
    const bytes = new Uint8Array(10).fill(3)
    expect(await loop.import<Tasks>(TASKS).sumOf(transfer(bytes, [bytes.buffer]))).toBe(30)
    expect(bytes.byteLength).toBe(0)
  })

  it('moves a buffer inside of an argument', async () => {
    const { port1, port2 } = new MessageChannel()
    const answer = new Promise(resolve => port2.once('message', resolve))
    await pooled().tasks.sayOn(transfer({ port: port1 }, [port1]), 'hello')
    expect(await answer).toBe('hello')
    port2.close()
  })

  it('marks for one call: the next one copies', async () => {
    const { tasks } = pooled()
    const message = { bytes: new Uint8Array(4) }
    await tasks.add(transfer(message, [message.bytes.buffer]), 1)
    message.bytes = new Uint8Array(4)
    await tasks.add(message, 1)
    expect(message.bytes.byteLength).toBe(4)
  })

  it('copies what is not marked', async () => {
    const bytes = new Uint8Array(4).fill(1)
    expect(await pooled().tasks.sumOf(bytes)).toBe(4)
    expect(bytes.byteLength).toBe(4)
  })

  it('leaves the caller a buffer that was never sent', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const gate = latch()
    const held = tasks.holdUntil(gate.word).start()
    const bytes = new Uint8Array(4).fill(1)
    const waiting = tasks.sumOf(transfer(bytes, [bytes.buffer])).start()
    waiting.cancel('never mind')
    await waiting.catch(() => {})
    expect(bytes.byteLength).toBe(4)
    gate.open()
    await held
    expect(await tasks.sumOf(bytes)).toBe(4)
    expect(bytes.byteLength).toBe(4)
  })

  it('of a call whose thread is lost before the call started fails with the loss', async () => {
    const { tasks, call } = pooled({ maxThreads: 1, concurrencyPerThread: 10 })
    await tasks.add(1, 2)
    const lost = rejection(call('exit', 1).start())
    const bytes = new Uint8Array(4)
    const moved = rejection(tasks.sumOf(transfer(bytes, [bytes.buffer])).start())
    expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
    expect(await moved).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
  })

  it('refuses, at the call, what can not be moved', () => {
    const bytes = new Uint8Array(4)
    expect(() => transfer(bytes, [bytes as never])).toThrow(
      'transfer(): list[0] must be something that can be moved, such as an ArrayBuffer; of a Uint8Array it is its buffer'
    )
  })
})

describe('shared memory', () => {
  it('is shared as it is, without a copy', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(4))
    const { tasks } = pooled()
    expect(await tasks.increment(shared)).toBe(1)
    expect(tasks.increment(shared).runSync()).toBe(2)
    expect(shared[0]).toBe(2)
  })

  it('that a task returns is shared with the task', async () => {
    const { tasks } = pooled({ maxThreads: 1 })
    const shared = await tasks.sharedWord()
    Atomics.store(shared, 0, 7)
    expect(await tasks.readSharedWord()).toBe(7)
  })
})
