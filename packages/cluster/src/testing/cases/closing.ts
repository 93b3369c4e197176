import assert from 'node:assert/strict'
import { comes } from '../box.js'
import { bytes, type Cases, text } from '../engine-case.js'

/** Cases about the end of a connection. */
export const closing: Cases = {
  'a connection may be closed twice': async ({ open }) => {
    const { connection } = await open()
    await Promise.all([connection.close(), connection.close()])
    await connection.close()
  },

  'frames sent before closing arrive': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    for (let index = 0; index < 50; index++) {
      sender.connection.post(receiver.connection.address, bytes(`${index}`))
    }
    await sender.connection.close()
    const received = await receiver.frames.some(50)
    assert.equal(text(received[49] ?? bytes('')), '49')
  },

  'an address has no listener when its connection is closed': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    await receiver.connection.close()
    const isMissed = new Promise<void>(resolve =>
      sender.connection.post(receiver.connection.address, bytes('hello'), resolve)
    )
    await comes(isMissed, 'the report')
    assert.equal(receiver.frames.all.length, 0)
  },

  'a closed connection refuses calls with an error, and drops frames silently': async ({ open, unique }) => {
    const peer = await open()
    await peer.connection.close()
    const { refusals } = peer.send(unique(), bytes('late'))
    assert.ok((await refusals.next()) instanceof Error)
    peer.connection.post(unique(), bytes('late'))
  },

  'a worker that closes takes no more calls': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    await worker.take([queue], 4)
    await worker.connection.close()
    assert.equal(await caller.connection.hasWorkers(queue), false)
    assert.equal(await caller.send(queue, bytes('late')).refusals.next(), undefined)
  },

  'a worker may close with active calls, and end them later': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queue = unique()
    const { calls } = await worker.take([queue], 4)
    caller.send(queue, bytes('long'))
    const call = await calls.next()
    await comes(worker.connection.close(), 'the end of close()')
    call.done()
  }
}
