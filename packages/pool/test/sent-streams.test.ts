import { channel, receiveStream, type SentStream, sendStream } from '@bridge/iter'
import { createPool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'

type Tasks = {
  cleanups(): number
  sum(numbers: SentStream<number>): Promise<number>
  sumBlocking(numbers: SentStream<number>, options?: object): number
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

  it('that the worker leaves early is stopped here', async () => {
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

  it('that fails here fails there, after its items', async () => {
    function* failing() {
      yield 1
      throw new RangeError('here')
    }
    await expect(tasks().sum(sendStream(failing()))).rejects.toMatchObject({
      name: 'RangeError',
      message: 'here'
    })
  })

  it('that was never opened is stopped by hand', async () => {
    const sent = sendStream(upTo(5))
    expect(await tasks().ignore(sent)).toBe('ignored')
    sent.stop()
    await sent.ended
  })

  it('of a caller that is blocked itself is bounded by itemTimeout', () => {
    const options = { itemTimeout: 20, closeTimeout: 5 }
    expect(() =>
      tasks()
        .sumBlocking(sendStream(upTo(5)), options)
        .runSync()
    ).toThrow('the stream gave no item within 20 ms')
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
