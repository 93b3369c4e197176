import { type Call, type CallTrace, read, type StreamCall, write } from '@bridge/core'
import { createLoop, createPool, type Pool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AWAITED, AWAITED_FAILING, BLOCKING, BLOCKING_FAILING, listen } from '../../core/test/tracing.js'
import { user } from './fixtures/carried.mjs'
import type * as tracedTasks from './fixtures/traced.mjs'
import { latch, runScript, TASKS, type Tasks } from './helpers.js'

const TRACED = new URL('./fixtures/traced.mjs', import.meta.url)

type Traced = Omit<typeof tracedTasks, 'callBack' | 'callBackLater' | 'spans' | 'failing' | 'pending'> & {
  callBack(fn: () => unknown): unknown
  callBackLater(fn: () => unknown): Promise<unknown>
}
type Streams = Record<'spans' | 'failing' | 'pending', () => StreamCall<unknown>>

function pooled(pool: Pool = createPool({ maxThreads: 1 })) {
  onTestFinished(() => pool.close({ drain: false }))
  const tasks = pool.import<Traced>(TRACED)
  return { pool, tasks, streams: tasks as unknown as Streams }
}

/** Listens while a test runs, with the names of the calls that are nested in one another as what is bound. */
function traced() {
  const listening = listen(user, ({ name }, parent) => `${parent ?? 'none'} > ${name}`)
  onTestFinished(listening.stop)
  return listening
}

async function calls(act: () => unknown) {
  const listening = traced()
  try {
    await act()
  } catch {
    // The trace tells.
  }
  listening.stop()
  return [...listening.calls].map(([trace, events]) => ({
    trace,
    events,
    name: trace.name,
    kind: trace.kind
  }))
}

async function eventsOf(act: () => unknown): Promise<string[][]> {
  return (await calls(act)).map(({ events }) => events)
}

describe('the trace of a call on a thread', () => {
  it('has one beginning and one end, however it is consumed', async () => {
    const { tasks } = pooled()
    expect(await eventsOf(() => tasks.span())).toEqual([AWAITED])
    expect(await eventsOf(() => tasks.span().start())).toEqual([AWAITED])
    expect(await eventsOf(() => tasks.span().runSync())).toEqual([BLOCKING])
    expect(await eventsOf(() => tasks.span().with({ timeout: 10_000 }))).toEqual([AWAITED])
    expect(await eventsOf(() => Promise.all([tasks.span(), tasks.span()]))).toEqual([AWAITED, AWAITED])
  })

  it('fails with a call that is refused, cancelled, or has arguments that can not be sent', async () => {
    const { pool, tasks } = pooled()
    const span = tasks.span as unknown as (...args: unknown[]) => Call<unknown>
    expect(await eventsOf(() => span(Symbol('no')))).toEqual([AWAITED_FAILING])
    expect(await eventsOf(() => span(Symbol('no')).runSync())).toEqual([BLOCKING_FAILING])
    const cancelled = () => {
      const future = span().start()
      future.cancel()
      return future
    }
    expect(await eventsOf(cancelled)).toEqual([AWAITED_FAILING])
    await pool.close()
    expect(await eventsOf(() => span())).toEqual([AWAITED_FAILING])
    expect(await eventsOf(() => span().runSync())).toEqual([BLOCKING_FAILING])
  })

  it('reports the thread, and the time in the queue separately from that of the function', async () => {
    const { pool, tasks } = pooled()
    const slow = pool.import<Tasks>(TASKS)
    const id = await tasks.thread()
    const found = await calls(() => Promise.all([slow.spin(40), slow.spin(1)]))
    const [, second] = found.map(({ trace }) => trace) as [CallTrace, CallTrace]
    expect(found.map(({ trace }) => trace.thread)).toEqual([id, id])
    expect(second.waitTime + second.runTime).toBeGreaterThan(40)
  })

  it('of an object is one for each operation', async () => {
    const { tasks } = pooled()
    const act = async () => {
      const kept = new tasks.Kept()
      await kept.span()
      await read(kept, 'size')
      await write(kept, 'size', 2)
      await kept[Symbol.asyncDispose]()
    }
    const done = await calls(act)
    expect(done.map(({ kind, events }) => [kind, events])).toEqual(
      ['new', 'method', 'get', 'set', 'dispose'].map(kind => [kind, AWAITED])
    )
    const never = async () => {
      await new tasks.Never().use()
    }
    expect(await eventsOf(never)).toEqual([AWAITED_FAILING, AWAITED_FAILING])
  })

  it('of a blocking function is the same, and blocks', async () => {
    const { pool } = pooled()
    const blocking = pool.importSync<Traced>(TRACED)
    const act = () => {
      blocking.span()
      const kept = new blocking.Kept()
      kept.span()
      kept.size = kept.size + 1
      kept[Symbol.dispose]()
    }
    const done = await calls(act)
    expect(done.map(({ events }) => events)).toEqual(done.map(() => BLOCKING))
    const kinds = done.map(({ kind }) => kind).filter(kind => kind !== 'shape')
    expect(kinds).toEqual(['call', 'new', 'method', 'get', 'set', 'dispose'])
  })

  it('of a call on a loop is the same', async () => {
    const own = createLoop()
    onTestFinished(() => own.close())
    const tasks = own.import<Traced>(TRACED)
    expect(await eventsOf(() => tasks.span())).toEqual([AWAITED])
    const [sync] = await calls(() => tasks.span().runSync())
    expect(sync).toMatchObject({
      events: BLOCKING,
      trace: { result: 'none > span', thread: expect.any(Number) }
    })
  })
})

describe('the trace of a stream on a thread', () => {
  it('ends when its consumer reaches its end, awaited or blocking', async () => {
    const { tasks, streams } = pooled()
    const id = await tasks.thread()
    const awaited = async () => {
      for await (const _ of streams.spans());
    }
    const [one] = await calls(awaited)
    expect(one).toMatchObject({ events: AWAITED, trace: { isStream: true, thread: id, result: id } })
    const [other] = await calls(() => [...streams.spans()])
    expect(other).toMatchObject({ events: BLOCKING, trace: { isStream: true, thread: id, result: id } })
    const opened = async () => {
      for await (const _ of await streams.spans());
    }
    expect(await eventsOf(opened)).toEqual([AWAITED])
    const future = async () => {
      for (const _ of streams.spans().start().waitSync());
    }
    expect(await eventsOf(future)).toEqual([AWAITED])
  })

  it('ends with break, return(), throw(), an abort and a timeout', async () => {
    const { streams } = pooled()
    const broken = async () => {
      for await (const _ of streams.spans()) break
    }
    expect(await eventsOf(broken)).toEqual([AWAITED])
    const brokenBlocking = () => {
      for (const _ of streams.spans()) break
    }
    expect(await eventsOf(brokenBlocking)).toEqual([BLOCKING])
    const thrown = async () => {
      const iterator = streams.spans()[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.throw(new Error('from outside'))
    }
    expect(await eventsOf(thrown)).toEqual([AWAITED_FAILING])
    const failed = async () => {
      for await (const _ of streams.failing());
    }
    expect(await eventsOf(failed)).toEqual([AWAITED_FAILING])
    const stop = new AbortController()
    const aborted = async () => {
      for await (const _ of streams.pending().with({ signal: stop.signal })) stop.abort()
    }
    expect(await eventsOf(aborted)).toEqual([AWAITED_FAILING])
    const late = async () => {
      for await (const _ of streams.pending().with({ timeout: 200 }));
    }
    expect(await eventsOf(late)).toEqual([AWAITED_FAILING])
  })

  it('that is returned before it was opened ends, and no thread is started for it', async () => {
    const { pool, streams } = pooled()
    expect(await eventsOf(() => streams.spans()[Symbol.asyncIterator]().return(undefined))).toEqual([AWAITED])
    expect(pool.stats().threads).toBe(0)
  })

  it('ends when the stream is discarded, half read, unread or unopened', async () => {
    const { code, stdout, stderr } = await runScript(
      `
      import { tracingChannel } from 'node:diagnostics_channel'
      import { createPool } from '@bridge/pool'
      let open = 0
      tracingChannel('bridge:call').subscribe({ start: () => open++, asyncEnd: () => open-- })
      const pool = createPool({ maxThreads: 1 })
      const { spans } = pool.import(${JSON.stringify(TRACED.href)})
      const begun = []
      await (async () => {
        await spans()[Symbol.asyncIterator]().next()
        await spans()
        spans()[Symbol.asyncIterator]()
        begun.push(open)
      })()
      while (open > 0) {
        await new Promise(resolve => setTimeout(resolve, 5))
        gc()
      }
      console.log(JSON.stringify([...begun, open]))
      await pool.close()
    `,
      ['--expose-gc']
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([3, 0])
    expect(code).toBe(0)
  })
})

describe('what is bound to the start of the tracing channel', () => {
  it('is carried with the call, and is the parent of the calls inside of it', async () => {
    const { tasks, streams } = pooled()
    traced()
    await user.run('maker', async () => {
      expect(await tasks.span()).toBe('maker > span')
      expect(tasks.span().runSync()).toBe('maker > span')
      expect([...streams.spans()]).toEqual(['maker > spans', 'maker > spans'])
      const kept = new tasks.Kept()
      expect(await kept.span()).toBe('maker > Kept.span')
      expect(await tasks.callBackLater(async () => tasks.span())).toBe('maker > callBackLater > span')
      expect(tasks.callBack(() => tasks.span().runSync()).runSync()).toBe('maker > callBack > span')
      expect(user.getStore()).toBe('maker')
    })
  })

  it("is that of the call's making, also if another one is active where it is consumed", async () => {
    const { tasks, streams } = pooled()
    traced()
    const [call, stream] = user.run('maker', () => [tasks.span(), streams.spans()] as const)
    await user.run('consumer', async () => {
      for await (const item of stream) expect(item).toBe('maker > spans')
      expect(await call).toBe('maker > span')
    })
  })
})

describe('a callback that a task calls', () => {
  it('is traced on the thread of the task, where that listens', async () => {
    const { tasks } = pooled()
    await tasks.listenHere()
    await user.run('user', async () => {
      await tasks.callBackLater(async function later() {})
      await tasks.callBack(function now() {})
      await tasks
        .callBackLater(async function fails() {
          throw new Error('no')
        })
        .catch(() => {})
    })
    const of = (name: string, events: readonly string[]) =>
      events.map(event => `${event} ${name} callback the thread that passed it user > ${name}`)
    expect(await tasks.tracedHere()).toEqual([
      ...of('later', AWAITED),
      ...of('now', BLOCKING),
      ...of('fails', AWAITED_FAILING)
    ])
  })

  it('has the context that is bound there', async () => {
    const { tasks } = pooled()
    await tasks.listenHere()
    const found = await user.run('user', () =>
      tasks.callBackLater(async function back() {
        return user.getStore()
      })
    )
    expect(found).toBe('user > back')
  })
})

describe('a call that waits on another thread', () => {
  it('is traced for a new listener after an earlier one has stopped', async () => {
    const { pool } = pooled()
    const { word, open } = latch()
    const tasks = pool.import<{ hold(word: unknown): void }>(
      new URL('./fixtures/nested-tasks.mjs', import.meta.url)
    )
    const listening = traced()
    const call = tasks.hold(word).start()
    listening.stop()
    const again = listen()
    open()
    await call
    again.stop()
    expect([...listening.events, ...again.events]).toEqual(AWAITED.map(event => `${event} hold`))
  })
})
