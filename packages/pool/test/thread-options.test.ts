import { ExecutorClosedError, InvalidArgumentError, NotCloneableError } from '@bridge/core'
import { createLoop, createPool, type LoopOptions, loop, type Pool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { threadEvents, thrown } from './helpers.js'

const TOLD = new URL('./fixtures/told.mjs', import.meta.url)
const SETUP = new URL('./fixtures/told-setup.mjs', import.meta.url)
type Told = typeof import('./fixtures/told.mjs')

const valuesSeenBy = (pool: Pool) => {
  onTestFinished(() => pool.close({ drain: false }))
  return pool.importSync<Told>(TOLD)
}

const makers: [name: string, make: (options?: LoopOptions) => Pool][] = [
  ['createPool', options => createPool({ maxThreads: 1, ...options })],
  ['createLoop', createLoop]
]

describe.each(makers)('%s', (where, make) => {
  it('gives its threads what workerData, argv, env, execArgv and resourceLimits say', () => {
    const { told } = valuesSeenBy(
      make({
        workerData: { list: [1, new Map([['a', 2n]])] },
        argv: ['--verbose', 3],
        env: { TOLD: 'yes' },
        execArgv: ['--no-warnings'],
        resourceLimits: { maxOldGenerationSizeMb: 77 }
      })
    )
    const data = { list: [1, new Map([['a', 2n]])] }
    expect(told()).toEqual({
      argv: ['--verbose', '3'],
      execArgv: ['--no-warnings'],
      env: 'yes',
      workerData: data,
      required: data,
      whole: data,
      seenBySetup: undefined,
      limits: 77
    })
  })

  it('gives its setup module the workerData, too', () => {
    const { told } = valuesSeenBy(make({ setup: SETUP, workerData: 'for setup' }))
    expect(told()).toMatchObject({ seenBySetup: 'for setup', workerData: 'for setup' })
  })

  it('gives every thread the original workerData, even if it is changed later', async () => {
    const workerData = { n: 1 }
    const pool = make({ workerData })
    const { told } = valuesSeenBy(pool)
    workerData.n = 2
    expect(told().workerData).toEqual({ n: 1 })
    await pool.recycle()
    expect(told().workerData).toEqual({ n: 1 })
  })

  it('shares the memory of workerData', () => {
    const word = new Int32Array(new SharedArrayBuffer(4))
    const { told } = valuesSeenBy(make({ workerData: { word } }))
    Atomics.store(word, 0, 7)
    expect(told().workerData).toEqual({ word: new Int32Array([7]) })
  })

  it('refuses workerData that can not be cloned, and names the place', () => {
    const error = thrown(() => make({ workerData: { on: { close() {} } } }))
    expect(error).toBeInstanceOf(NotCloneableError)
    expect(error.message).toContain(`${where}(): workerData.on.close`)
  })

  it.each([
    { argv: 'one' },
    { execArgv: '--flag' },
    { killGrace: -1 },
    { setup: './setup.js' },
    { stdout: true },
    { unknown: 1 }
  ])('refuses %o', options => {
    const error = thrown(() => make(options as LoopOptions))
    expect(error).toBeInstanceOf(InvalidArgumentError)
    expect(error.message).toMatch(new RegExp(`^${where}\\(\\): `))
  })
})

describe('workerData', () => {
  it.each([
    ['a pool', () => createPool()],
    ['loop', () => loop],
    ['a loop of one’s own', () => createLoop()]
  ])('of a thread of %s is undefined unless set: nothing of ours is seen there', (_, make) => {
    const { told } = valuesSeenBy(make())
    expect(told()).toMatchObject({ workerData: undefined, required: undefined, whole: undefined })
  })
})

describe('a loop of one’s own', () => {
  it('keeps state between calls, awaited or blocking, apart from that of others', async () => {
    const [one, other] = [createLoop(), createLoop()]
    const { countUp } = valuesSeenBy(one)
    expect([countUp(), await one.import<Told>(TOLD).countUp(), countUp()]).toEqual([1, 2, 3])
    expect(valuesSeenBy(other).countUp()).toBe(1)
  })

  it('serves many calls at once on its one thread', async () => {
    const own = createLoop()
    const { never, countUp } = own.import<Told>(TOLD)
    valuesSeenBy(own)
    const waiting = [never().start(), never().start()]
    expect(await countUp()).toBe(1)
    expect(own.stats()).toMatchObject({ threads: 1, running: 2 })
    for (const one of waiting) one.cancel()
    await Promise.allSettled(waiting)
  })

  it('has a stuck thread replaced after killGrace', () => {
    const name = 'stuck loop'
    const own = createLoop({ name, killGrace: 0 })
    const threads = threadEvents(name)
    const { countUp } = valuesSeenBy(own)
    countUp()
    const error = thrown(() => own.import<Told>(TOLD).spin().with({ timeout: 100 }).runSync())
    expect(error).toMatchObject({ code: 'BRIDGE_TIMEOUT' })
    expect(countUp()).toBe(1)
    expect(threads.started).toBe(2)
  })

  it('takes no calls after close(), and ends its thread', async () => {
    const name = 'closed loop'
    const threads = threadEvents(name)
    const own = createLoop({ name })
    const { countUp } = own.importSync<Told>(TOLD)
    countUp()
    await own.close()
    await threads.ended(1)
    expect(thrown(() => countUp())).toBeInstanceOf(ExecutorClosedError)
  })

  it('refuses options that concern many threads', () => {
    const error = thrown(() => createLoop({ maxThreads: 2 } as LoopOptions))
    expect(error.message).toMatch(/no option 'maxThreads'.*workerData/)
  })
})
