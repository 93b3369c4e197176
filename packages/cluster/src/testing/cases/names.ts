import assert from 'node:assert/strict'
import { bytes, type Cases, text } from '../engine-case.js'

/** Names that a server, or a careless mapping, may treat specially. */
const ODD = [
  '/',
  '.',
  ':',
  '@',
  '*',
  '>',
  '_',
  '-',
  '_2f',
  '$',
  ' ',
  '\n',
  '{a}',
  '=',
  '%2F',
  '\u0000',
  'ü',
  '\u{1F600}',
  '\ud800',
  '\ud801',
  '@scope/package/tasks.js',
  'x'.repeat(1000)
]

/** Cases about names and addresses, which may be any string. */
export const names: Cases = {
  'the name of a queue may be any string, and each is a different queue': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const queues = ODD.map(odd => `${odd}${unique()}${odd}`)
    const { calls, taking } = await worker.take(queues, queues.length)
    for (const [index, queue] of queues.entries()) caller.send(queue, bytes(`${index}`))
    const taken = await calls.some(queues.length)
    const numbers = taken.map(({ frame }) => Number(text(frame))).sort((a, b) => a - b)
    assert.deepEqual(numbers, [...queues.keys()])
    for (const { done } of taken) done()
    await taking.stop()
  },

  'names that differ in one character are different queues': async ({ open, unique }) => {
    const [caller, worker] = [await open(), await open()]
    const base = unique()
    await worker.take([`${base}/a`, `${'y'.repeat(500)}${base}1`], 1)
    for (const other of [
      `${base}.a`,
      `${base}_a`,
      `${base}_2fa`,
      `${base}:a`,
      `${'y'.repeat(500)}${base}2`
    ]) {
      assert.equal(await caller.connection.hasWorkers(other), false, other)
    }
    assert.equal(await caller.connection.hasWorkers(`${base}/a`), true)
  },

  'an address may be any string, and each is a different address': async ({ open, unique }) => {
    const [sender, receiver] = [await open(), await open()]
    const addresses = ODD.map(odd => `${odd}${unique()}${odd}`)
    await Promise.all(addresses.map(address => receiver.connection.listen(address)))
    for (const address of addresses) sender.connection.post(address, bytes(`${addresses.indexOf(address)}`))
    const received = await receiver.frames.some(addresses.length)
    assert.deepEqual(
      received.map(frame => Number(text(frame))),
      [...addresses.keys()]
    )
  }
}
