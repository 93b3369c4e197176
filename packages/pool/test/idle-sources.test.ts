import { sendStream } from '@bridge/iter'
import { loop, type Pool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pooled } from './helpers.js'

type Idle = {
  waits(): AsyncGenerator<string, void, unknown>
  hasCome(): Promise<void>
  became(go?: boolean): Promise<string[]>
  takeFirst(sent: unknown): Promise<string>
}

const IDLE = new URL('./fixtures/idle.mjs', import.meta.url)

const executors = {
  pool: (): Pool => pooled({ maxThreads: 1 }).pool,
  loop: (): Pool => {
    onTestFinished(() => loop.close({ drain: false }))
    return loop
  }
}

/** A consumer that leaves a stream might wait for ever for its `finally`; if it does not, it was released. */
const forEver = { closeTimeout: Number.POSITIVE_INFINITY }

describe.each(Object.entries(executors))(
  'on a %s, a generator that waits for something of its own',
  (_name, open) => {
    const tasksOf = () => open().import<Idle>(IDLE, forEver)

    it('releases the consumer that breaks, is notified, and cleans up when that has arrived', async () => {
      const tasks = tasksOf()
      for await (const item of tasks.waits()) {
        expect(item).toBe('first')
        await tasks.hasCome()
        break
      }
      expect(await tasks.became()).toEqual(['told'])
      expect(await tasks.became(true)).toEqual(['told', 'finally'])
    })

    it('releases the consumer that breaks a blocking for', async () => {
      const tasks = tasksOf()
      for (const item of tasks.waits()) {
        expect(item).toBe('first')
        tasks.hasCome().runSync()
        break
      }
      expect(await tasks.became()).toEqual(['told'])
      expect(await tasks.became(true)).toEqual(['told', 'finally'])
    })

    it('releases the pull that waits for it when it is returned', async () => {
      const tasks = tasksOf()
      const items = tasks.waits()[Symbol.asyncIterator]()
      await items.next()
      const pull = items.next()
      await tasks.hasCome()
      expect(await items.return()).toEqual({ done: true, value: undefined })
      expect(await pull).toEqual({ done: true, value: undefined })
      expect(await tasks.became()).toEqual(['told'])
    })

    it('releases the pull that waits for it when its signal aborts', async () => {
      const tasks = tasksOf()
      const stop = new AbortController()
      const items = tasks.waits().with({ signal: stop.signal })[Symbol.asyncIterator]()
      await items.next()
      const pull = items.next()
      await tasks.hasCome()
      stop.abort(new Error('enough'))
      await expect(pull).rejects.toThrow('enough')
      expect(await tasks.became()).toEqual(['told'])
    })
  }
)

it('a stream that was sent, and whose source waits, does not keep a reader that leaves it', async () => {
  const { pool } = pooled({ maxThreads: 1 })
  const tasks = pool.import<Idle>(IDLE)
  const told: unknown[] = []
  async function* waits() {
    yield 'first'
    await new Promise(() => {})
  }
  const sent = sendStream(waits(), { onStop: reason => told.push(reason) })
  expect(await tasks.takeFirst(sent)).toBe('first')
  expect(String(told[0])).toContain('the consumer has stopped the stream')
})
