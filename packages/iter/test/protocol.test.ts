import { MessageChannel } from 'node:worker_threads'
import { openStream, serveStream } from '@bridge/iter'
import { describe, expect, it } from 'vitest'
import { latch } from './helpers.js'
import { fakePorts } from './model/fake-port.js'
import { nextMessage, numbered, say } from './raw-end.js'

/** A producer at one end, and a hand-made consumer's port at the other. */
function produced(input: Iterable<unknown> | AsyncIterable<unknown>) {
  const { port1, port2 } = new MessageChannel()
  const told = latch<unknown>()
  const served = serveStream(port1, input, { onStop: told.release })
  return { port: port2, told: told.opened, served }
}

const OPEN = [0, 2, 1, 0]

describe('the protocol', () => {
  it.each([
    ['of another version', [0, 99, 10, 0]],
    ['that is no opening', [1, 10, 0]],
    ['that is no list', 'hello'],
    ['that is null', null],
    ['that requests a negative number', [0, 2, -1, 0]]
  ])('a first message %s is an error at both ends', async (_what, message) => {
    let hasCleaned = false
    const { port, told, served } = produced(
      (function* () {
        try {
          yield 1
        } finally {
          hasCleaned = true
        }
      })()
    )
    port.postMessage(Array.isArray(message) ? numbered(port, message) : message)
    const [kind, thrown] = (await nextMessage(port)) as [number, { message: string }]
    expect(kind).toBe(10)
    expect(JSON.stringify(thrown)).toContain('do both ends run one version?')
    expect(String(await told)).toContain('this end has version 2')
    await served
    expect(hasCleaned).toBe(false)
  })

  it.each([
    ['unknown', [77]],
    ['a second opening', OPEN],
    ['a credit that is not a number', [1, Number.NaN, 0]]
  ])(
    'a later message that is %s stops the generator, even while its step is pending',
    async (_what, message) => {
      const { port, told, served } = produced(
        (async function* () {
          yield 1
          await new Promise(() => {})
        })()
      )
      say(port, [0, 2, 2, 0])
      expect(await nextMessage(port)).toEqual([6, 8, [1]])
      say(port, message)
      expect((await nextMessage(port))[0]).toBe(10)
      expect(String(await told)).toContain('unknown message')
      await served
    }
  )

  it.each([['hello'], [null], [[99]], [[6, 8, 'no list']], [[8, 8, [], []]], [[7, [1, 2]]]])(
    'an unknown message %j rejects the pull and aborts the producer',
    async message => {
      const { port1, port2 } = new MessageChannel()
      const stream = openStream(port1, { closeTimeout: 10 })
      const pull = stream.next()
      const opening = await nextMessage(port2)
      expect(opening).toEqual([0, 2, 8192, 0])
      port2.postMessage(Array.isArray(message) ? numbered(port2, message) : message)
      await expect(pull).rejects.toThrow('stream: unknown message')
      expect((await nextMessage(port2))[0]).toBe(5)
      port2.close()
    }
  )

  it('both ends closing at once ends both', async () => {
    const { port1, port2 } = new MessageChannel()
    const served = serveStream(port1, [1, 2, 3])
    const stream = openStream(port2)
    await stream.next()
    const returned = stream.return()
    port1.close()
    port2.close()
    // The producer may have answered before its port was closed, or not.
    const end = await returned.then(
      ({ done }) => done,
      (error: unknown) => (error as Error).name
    )
    expect([true, 'WorkerLostError']).toContain(end)
    await served
    await stream.control.ended
  })

  it('lets a producer step for items requested by the call before OPEN, and pause until OPEN arrives', async () => {
    const { port1, port2 } = new MessageChannel()
    const served = serveStream(port1, [1, 2, 3, 4], { asked: 2 })
    expect(await nextMessage(port2)).toEqual([6, 8, [1]])
    expect(await nextMessage(port2)).toEqual([6, 8, [2]])
    say(port2, [0, 2, 1, 0])
    expect(await nextMessage(port2)).toEqual([6, 8, [3]])
    say(port2, [1, 9, 8])
    expect(await nextMessage(port2)).toEqual([6, 8, [4]])
    expect(await nextMessage(port2)).toEqual([9, undefined])
    await served
  })

  it('reports the version to a producer whose items were requested by the call, when it is stopped', async () => {
    const { port1, port2 } = new MessageChannel()
    const stream = openStream<number>(port1, { asked: 2 })
    const opening = nextMessage(port2)
    const returned = stream.return(undefined)
    expect(await opening).toEqual([0, 2, 0, 0])
    expect(await nextMessage(port2)).toEqual([2, undefined, true])
    say(port2, [9, undefined])
    expect(await returned).toEqual({ done: true, value: undefined })
  })

  it.each([
    ['one item of a stepped stream', { twoWay: true, asked: 1 }],
    ['more than the window holds', { highWaterMark: 4, asked: 5 }],
    ['half an item', { asked: 0.5 }]
  ])('refuses asked for %s', (_what, options) => {
    const { port1 } = new MessageChannel()
    expect(() => openStream(port1, options)).toThrow(/openStream\(\): asked must/)
    port1.close()
  })

  it('delivers a command to a fast asynchronous generator at its current position, and not some items later', async () => {
    const [here] = fakePorts(() => {})
    const met: number[] = []
    const served = serveStream(
      here,
      (async function* (): AsyncGenerator<number, void, unknown> {
        for (let n = 0; n < 100; n++) {
          if (n % 20 === 19) here.emit('message', numbered(here, [4, 'value']))
          if ((yield n) === 'value') met.push(n)
        }
      })(),
      { reportThreadExit: false }
    )
    here.emit('message', numbered(here, [0, 2, 1000, 0]))
    await served
    expect(met).toEqual([19, 39, 59, 79, 99])
  })

  it('counts the bytes of each item, also right after many that were small and fast', async () => {
    const { port1, port2 } = new MessageChannel()
    let heavy = 0
    // 1 + 4 + 16 + … + 1024 + 2048: ends with a full batch, after which the next reading of the clock is farthest away.
    const served = serveStream(
      port1,
      (function* () {
        for (let n = 0; n < 3413; n++) yield 'small'
        for (;;) yield `${++heavy}`.padEnd(256 * 1024)
      })()
    )
    const first = nextMessage(port2)
    say(port2, [0, 2, Infinity, 0])
    await first
    // It produces synchronously, for at most one turn: after a few turns it must have paused.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    // A megabyte, including the small items.
    expect(heavy).toBeGreaterThan(0)
    expect(heavy).toBeLessThanOrEqual(5)
    port2.close()
    await served
  })
})
