import assert from 'node:assert/strict'
import { bytes, type Cases, text } from '../engine-case.js'

/** Cases about taking calls. */
export const workers: Cases = {
  'a worker has at most atMost active calls': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { calls } = await worker.take([queue], 2)
    caller.send(queue, bytes('1'))
    caller.send(queue, bytes('2'))
    const taken = await calls.some(2)
    await worker.connection.hasWorkers(queue)
    const third = caller.send(queue, bytes('3'))
    if (!caller.connection.hasQueue) assert.equal(await third.refusals.next(), undefined)
    else assert.equal(await caller.connection.find(queue, third.id), 'queued')
    assert.equal(calls.all.length, 2)
    for (const { done } of taken) done()
    await worker.connection.hasWorkers(queue)
    if (!caller.connection.hasQueue) caller.send(queue, bytes('3'))
    const call = await calls.next()
    assert.equal(text(call.frame), '3')
    call.done()
  },

  'calls skip a worker that is full': async ({ open, unique }) => {
    const [caller, small, large] = [await open(), await open(), await open()]
    const queue = unique()
    const { calls: few } = await small.take([queue], 1)
    caller.send(queue, bytes('fills the small one'))
    const first = await few.next()
    await small.connection.hasWorkers(queue)
    const { calls: many } = await large.take([queue], 10)
    for (let index = 0; index < 10; index++) caller.send(queue, bytes(`${index}`))
    const taken = await many.some(10)
    assert.equal(few.all.length, 1)
    for (const { done } of [first, ...taken]) done()
  },

  'a call that is done twice makes room for one': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { calls } = await worker.take([queue], 1)
    caller.send(queue, bytes('1'))
    const first = await calls.next()
    first.done()
    first.done()
    await worker.connection.hasWorkers(queue)
    caller.send(queue, bytes('2'))
    const second = await calls.next()
    await worker.connection.hasWorkers(queue)
    const third = caller.send(queue, bytes('3'))
    if (!caller.connection.hasQueue) assert.equal(await third.refusals.next(), undefined)
    else assert.equal(await caller.connection.find(queue, third.id), 'queued')
    assert.equal(calls.all.length, 2)
    second.done()
    if (caller.connection.hasQueue) (await calls.next()).done()
  },

  'who gets a frame that a worker posts after done() can send it the next call at once': async ({
    open,
    unique
  }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { calls } = await worker.take([queue], 1)
    for (let index = 0; index < 20; index++) {
      const { refusals } = caller.send(queue, bytes(`${index}`))
      const call = await calls.next()
      assert.equal(text(call.frame), `${index}`)
      call.done()
      worker.connection.post(caller.connection.address, bytes('done'))
      await caller.frames.next()
      assert.deepEqual(refusals.all, [])
    }
  },

  'a worker takes from several queues': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queues = [unique(), unique()]
    const { calls } = await worker.take(queues, 4)
    for (const queue of queues) caller.send(queue, bytes(queue))
    const taken = await calls.some(2)
    assert.deepEqual(taken.map(({ frame }) => text(frame)).sort(), [...queues].sort())
    for (const { done } of taken) done()
  },

  'a queue has workers while one takes from it, even without room': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    assert.equal(await caller.connection.hasWorkers(queue), false)
    const { taking, calls } = await worker.take([queue], 1)
    assert.equal(await caller.connection.hasWorkers(queue), true)
    caller.send(queue, bytes('only'))
    const call = await calls.next()
    assert.equal(await caller.connection.hasWorkers(queue), true)
    call.done()
    await taking.stop()
    assert.equal(await caller.connection.hasWorkers(queue), false)
  },

  'a worker that stopped takes no more calls, and ends those that it has': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { taking, calls } = await worker.take([queue], 4)
    caller.send(queue, bytes('first'))
    const call = await calls.next()
    await taking.stop()
    await taking.stop()
    // An engine that checks for workers only occasionally may not know yet; asking makes it check.
    assert.equal(await caller.connection.hasWorkers(queue), false)
    assert.equal(await caller.send(queue, bytes('second')).refusals.next(), undefined)
    assert.equal(calls.all.length, 1)
    call.done()
  },

  'a worker that stopped leaves the calls to another worker': async ({ open, unique }) => {
    const [caller, one, other] = [await open(), await open(), await open()]
    const queue = unique()
    const first = await one.take([queue], 4)
    const second = await other.take([queue], 4)
    await first.taking.stop()
    for (const name of ['a', 'b', 'c']) caller.send(queue, bytes(name))
    const taken = await second.calls.some(3)
    assert.equal(first.calls.all.length, 0)
    for (const { done } of taken) done()
  },

  'a worker may take again after it stopped': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { taking } = await worker.take([queue], 1)
    await taking.stop()
    const { calls } = await worker.take([queue], 1)
    caller.send(queue, bytes('again'))
    const call = await calls.next()
    assert.equal(text(call.frame), 'again')
    call.done()
  },

  'a call is where the engine says': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    assert.equal(await caller.connection.find(queue, 'no-such-call'), 'gone')
    const { calls } = await worker.take([queue], 1)
    const { id } = caller.send(queue, bytes('hello'))
    const call = await calls.next()
    assert.equal(await caller.connection.find(queue, id), 'taken')
    assert.equal(await caller.connection.reclaim(queue, id), false)
    call.done()
  }
}
