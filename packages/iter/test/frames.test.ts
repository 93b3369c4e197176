import { encodeThrown } from '@bridge/core/executor'
import { openStream, serveStream } from '@bridge/iter'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { turns } from './helpers.js'
import { type FakePort, fakePorts } from './model/fake-port.js'
import { numbered } from './raw-end.js'

const OPEN = 0
const ABORT = 5
const FAIL = 10

const count = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.constantFrom(-1, 0.5, Number.NaN, Infinity, '1', null)
)
const thrown = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    {},
    'text',
    7,
    { error: null },
    { error: {} },
    { value: 1, errors: [9], others: [] }
  ),
  fc.constant(encodeThrown(new RangeError('theirs')))
)
const shape = fc.oneof(
  fc.constantFrom([], ['a'], ['a', ['b', ['c']]], ['__proto__'], [['a']], 'a', [1], [['a', 'b']])
)
const anything = fc.oneof(fc.anything({ maxDepth: 2 }), count, thrown, shape)

/** Arbitrary references beside a value. */
const beside = fc.oneof(
  anything,
  fc.array(
    fc.oneof(
      fc.tuple(fc.constantFrom(-1, 0, 1), fc.constantFrom('a', '', 0)),
      fc.tuple(
        fc.constantFrom(-1, 0, 1),
        fc.constantFrom('a', '', 0),
        fc.constantFrom(['url', 'http://a/'], ['url', 1], [], null)
      ),
      fc.tuple(count, count, count, fc.constant(true))
    ),
    { maxLength: 3 }
  )
)

/** Frames of every kind, with arbitrary fields. */
const frame = fc.oneof(
  fc.tuple(fc.integer({ min: -1, max: 15 }), anything, anything, anything, anything),
  fc.tuple(fc.constant(0), fc.constantFrom(1, 2), count, count),
  fc.tuple(fc.constant(1), count, count, fc.constantFrom(undefined, new Int32Array(4), 'memory')),
  fc.tuple(fc.constant(2), anything, fc.constantFrom(true, false, undefined)),
  fc.tuple(fc.constantFrom(3, 5, 10), thrown),
  fc.tuple(fc.constant(4), anything),
  fc.tuple(fc.constant(6), count, fc.constantFrom([], [1], [1, 2, 3], 'items', null)),
  fc.tuple(fc.constant(7), fc.constantFrom(new Int32Array(0), new Int32Array(3), new Float64Array(40), [1])),
  fc.tuple(fc.constant(8), count, shape, fc.constantFrom([], [1], [1, 2], 'values')),
  fc.tuple(fc.constantFrom(9, 11, 12, 13), anything),
  fc.tuple(fc.constantFrom(4, 9), anything, beside),
  fc.tuple(fc.constant(2), anything, fc.boolean(), beside),
  fc.tuple(
    fc.constant(6),
    fc.nat(9),
    fc.constant([1, { a: 1 }]),
    fc.array(fc.tuple(count, beside), { maxLength: 2 })
  ),
  fc.tuple(fc.anything())
)

/** Frames as they arrive: mostly with the right number, and sometimes not even an array. */
const frames = fc.array(
  fc.record({ frame, isNumbered: fc.integer({ max: 9 }).map(n => n > 0), isList: fc.boolean() }),
  { minLength: 1, maxLength: 12 }
)

type Arriving = { frame: readonly unknown[]; isNumbered: boolean; isList: boolean }

function arrive(port: FakePort, { frame: fields, isNumbered, isList }: Arriving): void {
  const message = isNumbered ? numbered(port, fields) : isList ? fields : fields[0]
  port.emit('message', message)
}

describe('frames from outside', () => {
  it('of any kind end a producer cleanly: one end, no exception outside, no hang', async () => {
    await fc.assert(
      fc.asyncProperty(frames, fc.boolean(), fc.boolean(), async (sent, isAsync, isOpened) => {
        const told: unknown[][] = []
        const [here, there] = fakePorts(message => told.push(message))
        let finallies = 0
        function* items() {
          try {
            for (let n = 0; n < 50; n++) yield n % 7 === 3 ? { n } : n
          } finally {
            finallies++
          }
        }
        async function* later() {
          yield* items()
        }
        const served = serveStream(here, isAsync ? later() : items(), { reportThreadExit: false })
        if (isOpened) here.emit('message', numbered(here, [OPEN, 2, 3, 0]))
        for (const one of sent) {
          arrive(here, one)
          await turns(1)
        }
        there.close()
        here.deliver()
        here.close()
        await served
        expect(finallies).toBeLessThanOrEqual(1)
        const ends = told.filter(([kind]) => kind === 9 || kind === FAIL)
        expect(ends.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 300 }
    )
  })

  it('of any kind end a consumer cleanly: each pull settles, and nothing is ahead of the window', async () => {
    await fc.assert(
      fc.asyncProperty(frames, fc.constantFrom(0, 2, 5), fc.boolean(), async (sent, window, isLeft) => {
        const [here, there] = fakePorts(() => {})
        const stream = openStream(here, { highWaterMark: window, closeTimeout: 1 })
        const pulls = [stream.next(), stream.next()]
        // Checked at the end.
        for (const pull of pulls) pull.catch(() => {})
        for (const one of sent) {
          arrive(here, one)
          await turns(1)
          expect(stream.progress.ahead).toBeLessThanOrEqual(Math.max(window, pulls.length))
        }
        if (isLeft) pulls.push(stream.return(undefined))
        there.close()
        here.deliver()
        await Promise.allSettled(pulls)
        await stream.control.ended
        for (let n = 0; n < 10; n++) await stream.next().catch(() => {})
        expect(await stream.next()).toEqual({ done: true, value: undefined })
      }),
      { numRuns: 300 }
    )
  })

  it.each([
    ['an error that is none', [[3, undefined]]],
    ['an error that is null', [[3, null]]],
    ['an error without anything', [[3, {}]]],
    ['a reason that is none', [[5, undefined]]],
    ['a reason that is null', [[5, null]]],
    ['a reason without anything', [[5, {}]]],
    ['a reason that cannot be decoded', [[5, { error: {}, others: 7 }]]],
    ['a credit of a negative number', [[1, -1, 0]]],
    ['bytes that were never sent', [[1, 1, 1000]]],
    ['a return without isLast', [[2, undefined]]],
    ['no kind of ours', [[99]]],
    ['an opening once more', [[0, 2, 1, 0]]],
    ['a return with invalid references', [[2, 1, true, null]]],
    ['a step with invalid references', [[4, 1, { a: 1 }]]],
    ['a step with a reference to a missing path', [[4, [1], [[0, 'b', ['url', 'http://a/']]]]]]
  ])('%s is an error at both ends of a stream that is open', async (_what, sent) => {
    const told: unknown[][] = []
    const stopped: unknown[] = []
    const [here] = fakePorts(message => told.push(message))
    let hasCleaned = false
    const served = serveStream(
      here,
      (async function* () {
        try {
          yield 1
          await new Promise(() => {})
        } finally {
          hasCleaned = true
        }
      })(),
      { reportThreadExit: false, onStop: reason => stopped.push(reason) }
    )
    here.emit('message', numbered(here, [OPEN, 2, 1, 0]))
    await turns()
    for (const message of sent) here.emit('message', numbered(here, message))
    await served
    expect(told.at(-1)?.[0]).toBe(FAIL)
    expect(String(stopped[0])).toMatch(/stream: (unknown message|more bytes were taken than were sent)/)
    expect(hasCleaned).toBe(true)
  })

  it.each([
    ['no items', [6, 0, []]],
    ['rows of no width', [8, 0, [], [1, 2, 3]]],
    ['rows of a shape that contains itself', [8, 0, cyclic(), [1]]],
    ['rows that end in the middle of one', [8, 0, ['a', 'b'], [1, 2, 3]]],
    ['a setter for a field', [8, 0, ['__proto__'], [1]]],
    ['more items than were requested', [6, 0, [1, 2, 3, 4, 5]]],
    ['more numbers than were requested', [7, new Int32Array(1000)]],
    ['numbers that are a list', [7, [1, 2]]],
    ['an error that is none', [10, undefined]],
    ['an error that cannot be decoded', [10, { error: {}, others: 7 }]],
    ['an answer to no order', [13]],
    ['memory that was never lent', [11]],
    ['a value with invalid references', [9, 1, null]],
    ['a value with a reference to a missing path', [9, { a: 1 }, [[0, 'b', ['url', 'http://a/']]]]],
    ['a value with an invalid URL reference', [9, { a: 1 }, [[0, 'a', ['url', 'no address']]]]],
    ['a value with a reference of unknown kind', [9, { a: 1 }, [[0, 'a', ['kind']]]]],
    ['items with invalid references', [6, 0, [1], [null]]],
    ['items with a reference to a missing item', [6, 0, [1], [[1, [[-1, '', ['url', 'http://a/']]]]]]],
    ['items with an invalid buffer reference', [6, 0, [{ a: 1 }], [[0, [[0, 'a', ['buffer', 5]]]]]]]
  ])('%s is an error at both ends of a stream that is read', async (_what, message) => {
    const told: unknown[][] = []
    const [here, there] = fakePorts(sent => told.push(sent))
    const stream = openStream(here, { highWaterMark: 4, closeTimeout: 1 })
    const pull = stream.next()
    await opened(told)
    here.emit('message', numbered(here, message))
    await expect(pull).rejects.toThrow(/stream: (unknown message|more items arrived than were requested)/)
    if (message[0] !== FAIL) expect(told.at(-1)?.[0]).toBe(ABORT)
    there.close()
  })

  it('a lost message is an error that says so', async () => {
    const told: unknown[][] = []
    const [here, there] = fakePorts(sent => told.push(sent))
    const stream = openStream(here, { closeTimeout: 1 })
    const pull = stream.next()
    await opened(told)
    here.emit('message', numbered(here, [6, 8, [1]]))
    expect((await pull).value).toBe(1)
    // This message never arrives.
    numbered(here, [6, 8, [2]])
    here.emit('message', numbered(here, [6, 8, [3]]))
    await expect(stream.next()).rejects.toThrow('stream: message 2 arrived instead of message 1')
    there.close()
  })
})

/** Resolves when the consumer has sent OPEN: if its thread has been busy, it lets the event loop turn first. */
async function opened(told: readonly unknown[][]): Promise<void> {
  while (told[0]?.[0] !== OPEN) await turns(1)
}

function cyclic(): unknown[] {
  const held: unknown[] = ['a']
  held.push(['b', held])
  return held
}
