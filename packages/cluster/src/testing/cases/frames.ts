import assert from 'node:assert/strict'
import { comes } from '../box.js'
import { bytes, type Cases, text } from '../engine-case.js'

/** Cases about frames from one process to another. */
export const frames: Cases = {
  'a frame reaches the process at its address unchanged': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    assert.notEqual(sender.connection.address, receiver.connection.address)
    sender.connection.post(receiver.connection.address, bytes('hello'))
    assert.equal(text(await receiver.frames.next()), 'hello')
    assert.equal(sender.frames.all.length, 0)
  },

  'a frame keeps every byte, and may have none': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    const all = Uint8Array.from({ length: 512 }, (_, index) => index % 256)
    for (const frame of [all, new Uint8Array(100), new Uint8Array(0)]) {
      sender.connection.post(receiver.connection.address, frame)
      const received = await receiver.frames.next()
      assert.ok(received instanceof Uint8Array)
      assert.deepEqual([...received], [...frame])
    }
  },

  'a frame may have as many bytes as the connection allows': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    const frame = new Uint8Array(sender.connection.maxBytes).map((_, index) => index % 251)
    sender.connection.post(receiver.connection.address, frame)
    assert.equal(Buffer.compare(await receiver.frames.next(), frame), 0)
  },

  'a frame that is part of a larger buffer is sent alone': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    const whole = bytes('before|frame|after')
    sender.connection.post(receiver.connection.address, whole.subarray(7, 12))
    assert.equal(text(await receiver.frames.next()), 'frame')
  },

  'a frame that is too large is refused at once, and the connection stays open': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    const { address } = receiver.connection
    const large = new Uint8Array(sender.connection.maxBytes + 1)
    assert.throws(() => sender.connection.post(address, large), { code: 'BRIDGE_INVALID_ARGUMENT' })
    sender.connection.post(address, bytes('small'))
    assert.equal(text(await receiver.frames.next()), 'small')
  },

  'frames to one address arrive in order': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    const numbers = [...Array(500).keys()]
    for (const number of numbers) {
      // Some with a check for a listener, some without.
      const onNoListener = number % 3 === 0 ? () => assert.fail('it has a listener') : undefined
      sender.connection.post(receiver.connection.address, bytes(`${number}`), onNoListener)
      if (number % 100 === 0) await null
    }
    const received = await receiver.frames.some(numbers.length)
    assert.deepEqual(
      received.map(frame => Number(text(frame))),
      numbers
    )
  },

  'a frame without a listener is reported, once and asynchronously': async ({ open, unique }) => {
    const sender = await open()
    let missed = 0
    let isInside = true
    const isMissed = new Promise<void>(resolve => {
      sender.connection.post(unique(), bytes('hello'), () => {
        assert.equal(isInside, false)
        missed++
        resolve()
      })
    })
    isInside = false
    await comes(isMissed, 'the report')
    await sender.connection.hasWorkers(unique())
    assert.equal(missed, 1)
  },

  'each of many frames without a listener is reported': async ({ open, unique }) => {
    const sender = await open()
    const missed = Array.from(
      { length: 1000 },
      () => new Promise<void>(resolve => sender.connection.post(unique(), bytes('hello'), resolve))
    )
    await comes(Promise.all(missed), 'each report')
  },

  'a frame with a listener is not reported': async ({ open }) => {
    const [sender, receiver] = [await open(), await open()]
    let missed = 0
    sender.connection.post(receiver.connection.address, bytes('there'), () => missed++)
    await receiver.frames.next()
    receiver.connection.post(sender.connection.address, bytes('back'), () => missed++)
    await sender.frames.next()
    assert.equal(missed, 0)
  },

  'several processes may listen at one address, and each gets a copy': async ({ open, unique }) => {
    const [sender, one, other] = [await open(), await open(), await open()]
    const address = unique()
    await Promise.all([one.connection.listen(address), other.connection.listen(address)])
    sender.connection.post(address, bytes('all'))
    const received = await Promise.all([one.frames.next(), other.frames.next()])
    assert.deepEqual(received.map(text), ['all', 'all'])
    received[0]?.fill(0)
    assert.equal(text(received[1] ?? bytes('')), 'all')
  },

  'a process receives its own frames at an address where it listens': async ({ open, unique }) => {
    const peer = await open()
    const address = unique()
    await peer.connection.listen(address)
    peer.connection.post(address, bytes('own'))
    assert.equal(text(await peer.frames.next()), 'own')
  }
}
