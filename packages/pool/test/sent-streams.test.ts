import { DeadlockError, type Future } from '@bridge/core'
import { channel, receiveStream, type SentStream, sendStream } from '@bridge/iter'
import { createPool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { latch, threadEvents, thrown } from './helpers.js'

type Tasks = {
  cleanups(): number
  sum(numbers: SentStream<number>): Promise<number>
  sumBlocking(numbers: SentStream<number>, options?: object): number
  sumFrom(numbers: SentStream<number>, gate: Int32Array): Promise<number>
  doubled(numbers: SentStream<number>): AsyncGenerator<number>
  readOn(numbers: SentStream<number>): Promise<number>
  holdUntil(gate: Int32Array): void
  firstOf(numbers: SentStream<number>): Promise<number>
  ignore(numbers: SentStream<number>): string
  report(limit: number): { title: string; rows: SentStream<number> }
  whole(limit: number): SentStream<number>
  work(jobs: object, results: object): Promise<void>
}

function tasks(maxThreads = 1) {
  const pool = createPool({ maxThreads })
  onTestFinished(() => pool.close({ drain: false }))
  return pool.import<Tasks>(new URL('./fixtures/stream-tasks.mjs', import.meta.url))
}

function* upTo(limit: number, onEnd: () => void = () => {}) {
  try {
    for (let n = 0; n < limit; n++) yield n
  } finally {
    onEnd()
  }
}

async function* upToLater(limit: number) {
  for (let n = 0; n < limit; n++) {
    await null
    yield n
  }
}

describe('a stream as an argument', () => {
  it('is consumed by the worker, awaited', async () => {
    expect(await tasks().sum(sendStream(upTo(10_000)))).toBe(49_995_000)
    expect(await tasks().sum(sendStream(upToLater(1000)))).toBe(499_500)
  })

  it('is consumed by the worker, blocking, while the caller is free', async () => {
    expect(await tasks().sumBlocking(sendStream(upToLater(1000)))).toBe(499_500)
  })

  it('that the worker stops reading early is stopped at the caller', async () => {
    let hasCleaned = false
    const sent = sendStream(
      upTo(1e9, () => {
        hasCleaned = true
      })
    )
    expect(await tasks().firstOf(sent)).toBe(0)
    await sent.ended
    expect(hasCleaned).toBe(true)
  })

  it('that fails at the caller fails in the worker, after its items', async () => {
    function* failing() {
      yield 1
      throw new RangeError('here')
    }
    await expect(tasks().sum(sendStream(failing()))).rejects.toMatchObject({
      name: 'RangeError',
      message: 'here'
    })
  })

  it('that was never opened is ended by stop()', async () => {
    const sent = sendStream(upTo(5))
    expect(await tasks().ignore(sent)).toBe('ignored')
    sent.stop()
    await sent.ended
  })
})

describe('a stream of a caller that is blocked', () => {
  it('is stepped during its wait if it is synchronous, whatever the callee does', () => {
    const remote = tasks()
    const total = 4_999_950_000
    expect(remote.sum(sendStream(upTo(100_000))).runSync()).toBe(total)
    expect(remote.sumBlocking(sendStream(upTo(100_000))).runSync()).toBe(total)
    expect(remote.sumBlocking(sendStream([1, 2, 3])).runSync()).toBe(6)
  })

  it('is stepped while its results are taken by a blocking for', () => {
    let next = 0
    for (const n of tasks().doubled(sendStream(upTo(30_000)))) if (n !== 2 * next++) throw new Error(`${n}`)
    expect(next).toBe(30_000)
  })

  it('has run its finally when the callee has left it and the call has returned', () => {
    let hasCleaned = false
    const sent = sendStream(
      upTo(1e9, () => {
        hasCleaned = true
      })
    )
    expect(tasks().firstOf(sent).runSync()).toBe(0)
    expect(hasCleaned).toBe(true)
  })

  it('fails in the callee with the error that it threw at the caller', () => {
    function* failing() {
      yield 1
      throw new RangeError('here')
    }
    const call = tasks().sumBlocking(sendStream(failing()))
    expect(() => call.runSync()).toThrow(new RangeError('here'))
  })

  it('may block in its steps, for another thread', () => {
    const remote = tasks(2)
    function* nested() {
      for (let n = 0; n < 3; n++) yield remote.sumBlocking(sendStream(upTo(n + 1))).runSync()
    }
    expect(remote.sum(sendStream(nested())).runSync()).toBe(0 + 1 + 3)
  })

  it('whose first items were awaited is continued', async () => {
    const gate = latch()
    const call = tasks()
      .sumFrom(sendStream(upTo(50_000)), gate.word)
      .start()
    await new Promise(setImmediate)
    gate.open()
    expect(call.waitSync()).toBe(1_249_975_000)
  })

  it.each([
    ['an asynchronous generator', () => upToLater(5)],
    ['an iterable of promises', () => [Promise.resolve(1)]]
  ])('is an error that names the cycle where it is %s', async (_kind, make) => {
    for (const name of ['sum', 'sumBlocking'] as const) {
      const sent = sendStream(make() as AsyncIterable<number>)
      const error = thrown(() => tasks()[name](sent).runSync())
      expect(error).toBeInstanceOf(DeadlockError)
      expect(error).toMatchObject({ code: 'BRIDGE_DEADLOCK' })
      expect(error.message).toContain(`await ${name}(), or send a synchronous iterable`)
      await sent.ended
    }
  })

  it('is such an error in a blocking for, too', () => {
    const error = thrown(() => [...tasks().doubled(sendStream(upToLater(5)))])
    expect(error.message).toContain('doubled() reads a stream that was sent by the thread it blocks')
  })

  it('is such an error where a step of it waits for the very call that reads it', () => {
    const remote = tasks()
    let call: Future<number>
    function* waiting() {
      yield call.waitSync()
    }
    call = remote.sum(sendStream(waiting())).start()
    expect(thrown(() => call.waitSync()).message).toContain('await sum()')
  })

  it('continues after blocking calls that do not read it, and after a wait that has ended', async () => {
    const remote = tasks(2)
    const call = remote.sum(sendStream(upToLater(20_000))).start()
    await new Promise(setImmediate)
    expect(remote.ignore(sendStream([])).runSync()).toBe('ignored')
    expect(() => call.waitSync(1)).toThrow('has not finished within 1 ms')
    expect(await call).toBe(199_990_000)
  })
})

describe('a thread that reads a stream of its caller', () => {
  it('is ended by idleTimeout only when the stream has ended', async () => {
    const pool = createPool({ maxThreads: 2, minThreads: 0, idleTimeout: 1, name: 'reading' })
    onTestFinished(() => pool.close({ drain: false }))
    const remote = pool.import<Tasks>(new URL('./fixtures/stream-tasks.mjs', import.meta.url))
    const events = threadEvents('reading')
    let goOn = (): void => {}
    const isOn = new Promise<void>(resolve => {
      goOn = resolve
    })
    async function* inTwo() {
      yield 1
      await isOn
      yield 2
    }
    const sent = sendStream(inTwo())
    const firstRead = await remote.readOn(sent)
    expect(firstRead).toBe(1)
    const gate = latch()
    // One of them is on the second thread, whose end shows that idle ones have been looked for.
    const held = remote.holdUntil(gate.word).start()
    const other = remote.cleanups().start()
    gate.open()
    await Promise.all([held, other])
    await events.ended(1)
    expect(pool.stats().threads).toBe(1)
    goOn()
    await sent.ended
    await events.ended(2)
  })
})

describe('a blocking call beside a call that reads a stream of the caller', () => {
  it('runs on the thread that waits for the caller, if no other thread is free', async () => {
    const remote = tasks()
    let goOn: () => void = () => {}
    const mayGoOn = new Promise<void>(resolve => {
      goOn = resolve
    })
    let begin: () => void = () => {}
    const hasBegun = new Promise<void>(resolve => {
      begin = resolve
    })
    async function* numbers() {
      begin()
      await mayGoOn
      yield 3
    }
    const sum = remote.sum(sendStream(numbers())).start()
    await hasBegun
    expect(remote.cleanups().runSync()).toBe(0)
    goOn()
    expect(await sum).toBe(3)
  })
})

describe('a stream in a result', () => {
  it('may be one of its fields', async () => {
    const { title, rows } = await tasks().report(1000)
    let total = 0
    for await (const n of receiveStream(rows)) total += n
    expect([title, total]).toEqual(['numbers', 499_500])
  })

  it('may be all of it, and be taken by a blocking for', () => {
    const rows = tasks().whole(1000).runSync()
    expect([...receiveStream(rows)]).toHaveLength(1000)
  })

  it('has run its finally in the worker when break is left', async () => {
    const remote = tasks()
    const { rows } = await remote.report(1e9)
    for await (const n of receiveStream(rows)) if (n === 3) break
    expect(await remote.cleanups()).toBe(1)
  })
})

describe('a channel', () => {
  it('goes to two workers as an argument', async () => {
    const remote = tasks(2)
    const jobs = channel<number>({ highWaterMark: 4 })
    const results = channel<number>()
    const working = Promise.all([
      remote.work(jobs.handle, results.handle),
      remote.work(jobs.handle, results.handle)
    ])
    for (let n = 0; n < 100; n++) await jobs.put(n)
    jobs.close()
    await working
    results.close()
    const got: number[] = []
    for await (const result of results) got.push(result)
    expect(got.sort((one, other) => one - other)).toEqual(Array.from({ length: 100 }, (_, n) => n * 2))
  })
})
