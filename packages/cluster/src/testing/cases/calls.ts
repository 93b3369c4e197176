import assert from 'node:assert/strict'
import type { TakenCall } from '../../engine/engine.js'
import { Box } from '../box.js'
import { bytes, type Cases, text } from '../engine-case.js'

/** Cases about sending a call. */
export const calls: Cases = {
  'a call reaches a worker unchanged': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { calls } = await worker.take([queue], 4)
    const sent = caller.send(queue, bytes('hello'))
    const call = await calls.next()
    assert.equal(text(call.frame), 'hello')
    call.done()
    assert.deepEqual(sent.refusals.all, [])
  },

  'a process can take the calls that it sends': async ({ open, unique }) => {
    const peer = await open()
    const queue = unique()
    const { calls } = await peer.take([queue], 1)
    peer.send(queue, bytes('mine'))
    const call = await calls.next()
    assert.equal(text(call.frame), 'mine')
    call.done()
  },

  'each call reaches one of several workers': async ({ open, unique }) => {
    const [caller, one, other] = [await open(), await open(), await open()]
    const queue = unique()
    const taken = new Box<TakenCall>('a call')
    await one.connection.take([queue], 1000, taken.put)
    await other.connection.take([queue], 1000, taken.put)
    const sent = Array.from({ length: 100 }, (_, index) => `call ${index}`)
    const refusals = sent.map(name => caller.send(queue, bytes(name)).refusals)
    await taken.some(sent.length)
    await Promise.all([caller, one, other].map(({ connection }) => connection.hasWorkers(queue)))
    assert.deepEqual(taken.all.map(({ frame }) => text(frame)).sort(), [...sent].sort())
    assert.deepEqual(
      refusals.flatMap(({ all }) => all),
      []
    )
    for (const { done } of taken.all) done()
  },

  'a call that no worker takes is refused, without an error': async ({ open, unique }) => {
    const caller = await open()
    const { refusals } = caller.send(unique(), bytes('hello'))
    assert.equal(refusals.all.length, 0, 'it is refused asynchronously, and not inside send()')
    assert.equal(await refusals.next(), undefined)
  },

  'a refused call does not reach a worker that starts later': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { refusals } = caller.send(queue, bytes('early'))
    await refusals.next()
    const { calls } = await worker.take([queue], 4)
    caller.send(queue, bytes('late'))
    const call = await calls.next()
    assert.equal(text(call.frame), 'late')
    call.done()
    assert.equal(refusals.all.length, 1)
  },

  'a call that is too large is refused with an error, and the connection stays open': async ({
    open,
    unique
  }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { calls } = await worker.take([queue], 4)
    const { refusals } = caller.send(queue, new Uint8Array(caller.connection.maxBytes + 1))
    assert.equal(refusals.all.length, 0)
    const error = await refusals.next()
    assert.ok(error instanceof Error, 'an error says why')
    assert.match(error.message, /bytes/)
    caller.send(queue, bytes('small'))
    const call = await calls.next()
    assert.equal(text(call.frame), 'small')
    call.done()
  },

  'a call may have as many bytes as the connection allows': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { calls } = await worker.take([queue], 1)
    const frame = new Uint8Array(caller.connection.maxBytes).map((_, index) => index % 251)
    caller.send(queue, frame)
    const call = await calls.next()
    assert.equal(Buffer.compare(call.frame, frame), 0)
    call.done()
  },

  'a call keeps every byte, and may have none': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { calls } = await worker.take([queue], 1)
    const all = Uint8Array.from({ length: 256 }, (_, index) => index)
    for (const frame of [all, new Uint8Array(0)]) {
      caller.send(queue, frame)
      const call = await calls.next()
      assert.deepEqual([...call.frame], [...frame])
      call.done()
      await worker.connection.hasWorkers(queue)
    }
  }
}
