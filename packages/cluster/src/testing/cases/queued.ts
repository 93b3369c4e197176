import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { TakenCall } from '../../engine/engine.js'
import type { Box } from '../box.js'
import { bytes, type Cases, type EngineBench, type Peer, type SentCalled, text } from '../engine-case.js'

interface Full {
  readonly caller: Peer
  /** Sends a call to the queue. */
  send(name: string, priority?: number): SentCalled
  readonly sent: readonly SentCalled[]
  readonly queue: string
  readonly calls: Box<TakenCall>
  /** The call that occupies the worker. */
  readonly first: TakenCall
  readonly firstId: string
}

/** A worker of one call at a time that is occupied; `undefined` if the engine has no queue. */
async function full({ open, unique }: EngineBench): Promise<Full | undefined> {
  const [caller, worker] = [await open(), await open()]
  if (!caller.connection.hasQueue) return undefined
  const queue = unique()
  const { calls } = await worker.take([queue], 1)
  const { id: firstId } = caller.send(queue, bytes('first'))
  const sent: SentCalled[] = []
  const send = (name: string, priority = 0): SentCalled => {
    const call = caller.send(queue, bytes(name), { priority })
    sent.push(call)
    return call
  }
  return { caller, send, sent, queue, calls, first: await calls.next(), firstId }
}

/** The calls in the order in which they arrive, each ended at once. */
async function inOrder({ caller, queue, sent, calls, first }: Full, count: number): Promise<string[]> {
  await Promise.all(sent.map(({ id }) => caller.connection.find(queue, id)))
  first.done()
  const names: string[] = []
  while (names.length < count) {
    const call = await calls.next()
    names.push(text(call.frame))
    call.done()
  }
  return names
}

/** Cases about calls that wait in the engine's queue. */
export const queued: Cases = {
  'waiting calls are taken in the order in which they were sent': async bench => {
    const at = await full(bench)
    if (at === undefined) return
    const names = Array.from({ length: 20 }, (_, index) => `${index}`)
    for (const name of names) at.send(name)
    assert.deepEqual(await inOrder(at, names.length), names)
  },

  'of the waiting calls, the one with the highest priority goes first': async bench => {
    const at = await full(bench)
    if (at === undefined) return
    const priorities = [
      0,
      -1e300,
      1,
      1e300,
      -1,
      7,
      1.5,
      20_000,
      20_001,
      -7,
      1e9,
      Number.MAX_VALUE,
      -Number.MAX_VALUE
    ]
    for (const priority of priorities) at.send(`${priority}`, priority)
    const sorted = [...priorities].sort((a, b) => b - a).map(String)
    assert.deepEqual(await inOrder(at, priorities.length), sorted)
  },

  'calls of one priority are taken in order, whatever else waits': async bench => {
    const at = await full(bench)
    if (at === undefined) return
    const sent = ['b1', 'a1', 'c1', 'b2', 'a2', 'c2', 'b3', 'a3']
    const priorities: Record<string, number> = { a: 5, b: 0, c: -5 }
    for (const name of sent) at.send(name, priorities[name.charAt(0)] ?? 0)
    assert.deepEqual(await inOrder(at, sent.length), ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2'])
  },

  'a waiting call can be reclaimed, and never runs': async bench => {
    const at = await full(bench)
    if (at === undefined) return
    const { id, refusals } = at.send('unwanted')
    at.send('wanted')
    assert.equal(await at.caller.connection.reclaim(at.queue, id), true)
    assert.equal(await at.caller.connection.reclaim(at.queue, id), false)
    assert.equal(await at.caller.connection.find(at.queue, id), 'gone')
    assert.deepEqual(await inOrder(at, 1), ['wanted'])
    assert.deepEqual(refusals.all, [])
  },

  'a call that was taken, has ended or never existed cannot be reclaimed': async bench => {
    const at = await full(bench)
    if (at === undefined) return
    const { connection } = at.caller
    assert.equal(await connection.reclaim(at.queue, at.firstId), false)
    at.send('next')
    await inOrder(at, 1)
    assert.equal(await connection.reclaim(at.queue, at.firstId), false)
    assert.equal(await connection.reclaim(at.queue, 'no-such-call'), false)
  },

  'a call is queued, then taken, then gone': async bench => {
    const at = await full(bench)
    if (at === undefined) return
    const { connection } = at.caller
    const { id } = at.send('second')
    assert.equal(await connection.find(at.queue, id), 'queued')
    at.first.done()
    const second = await at.calls.next()
    assert.equal(await connection.find(at.queue, id), 'taken')
    at.send('third')
    second.done()
    const third = await at.calls.next()
    assert.equal(await connection.find(at.queue, id), 'gone')
    third.done()
  },

  'the age of a call is the time that it waited': async bench => {
    const at = await full(bench)
    if (at === undefined) return
    const began = performance.now()
    at.send('waits')
    await at.caller.connection.find(at.queue, 'no-such-call')
    const isSent = performance.now()
    await delay(200)
    const waited = performance.now() - isSent
    at.first.done()
    const { age, done } = await at.calls.next()
    const atMost = performance.now() - began
    // A server's clock has a resolution of milliseconds, and reading it takes some time.
    assert.ok(age >= waited - 60 && age <= atMost + 60, `${age} ms, between ${waited} and ${atMost}`)
    done()
  },

  'the counts show how many calls wait and run': async bench => {
    const at = await full(bench)
    if (at === undefined) return
    const { connection } = at.caller
    assert.deepEqual(await connection.counts(at.queue), { queued: 0, running: 1, oldest: 0 })
    at.send('high', 9)
    const { id } = at.send('low', -9)
    await connection.find(at.queue, id)
    await delay(100)
    const counts = await connection.counts(at.queue)
    assert.equal(counts?.queued, 2)
    assert.equal(counts?.running, 1)
    assert.ok(counts.oldest >= 40 && counts.oldest < 60_000, `the oldest waits for ${counts.oldest} ms`)
    await inOrder(at, 2)
  }
}
