import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'
import {
  addCarrier,
  bridge,
  bridged,
  type CallTrace,
  callAny,
  inline,
  parallelMap,
  runScope
} from '@bridge/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import type * as Tasks from '../src/testing/tasks.js'
import { runSource } from './child.js'
import { AWAITED, AWAITED_FAILING, BLOCKING, BLOCKING_FAILING, listen } from './tracing.js'

const spans = new AsyncLocalStorage<string>()

/** Listens while a test runs, with the names of the nested calls as the bound store. */
function traced() {
  const listening = listen(spans, ({ name }, parent) => (parent === undefined ? name : `${parent} > ${name}`))
  onTestFinished(listening.stop)
  return listening
}

/** The events of the calls made in the meantime, and their traces. */
async function calls(act: () => unknown) {
  const listening = traced()
  try {
    await act()
  } catch {
    // The trace tells.
  }
  listening.stop()
  return [...listening.calls].map(([trace, events]) => ({ name: trace.name, events, trace }))
}

async function eventsOf(act: () => unknown): Promise<string[][]> {
  return (await calls(act)).map(({ events }) => events)
}

const span = bridge(function span() {
  return spans.getStore()
})
const spanLater = bridge(async function spanLater() {
  await null
  return spans.getStore()
})
const fails = bridge(function fails(): number {
  throw new RangeError('no')
})
const items = bridge(function* items(fail = false) {
  yield spans.getStore()
  yield spans.getStore()
  if (fail) throw new RangeError('no')
  return 'returned'
})
const itemsLater = bridge(async function* itemsLater() {
  yield spans.getStore()
  await null
  yield spans.getStore()
})
const never = bridge(async function* never() {
  yield 1
  await new Promise(() => {})
})

describe('a local call that is traced', () => {
  test('starts once and has one end, however it is consumed', async () => {
    expect(await eventsOf(() => span())).toEqual([AWAITED])
    expect(await eventsOf(() => spanLater())).toEqual([AWAITED])
    expect(await eventsOf(() => span().start())).toEqual([AWAITED])
    const waited = async () => {
      span().start().waitSync()
      await setImmediate()
    }
    expect(await eventsOf(waited)).toEqual([AWAITED])
    expect(await eventsOf(() => span().runSync())).toEqual([BLOCKING])
    expect(await eventsOf(() => fails())).toEqual([AWAITED_FAILING])
    expect(await eventsOf(() => fails().runSync())).toEqual([BLOCKING_FAILING])
    const twice = async () => {
      const call = span()
      await call
      await call
      call.runSync()
    }
    expect(await eventsOf(twice)).toEqual([AWAITED])
  })

  test('that nothing consumes is traced like any other', async () => {
    const act = async () => {
      span()
      await null
      await null
    }
    expect(await eventsOf(act)).toEqual([AWAITED])
  })

  test('that dispatch refuses ends with the error', async () => {
    const [refused] = await calls(() => (spanLater() as unknown as { runSync(): void }).runSync())
    expect(refused?.events).toEqual(BLOCKING_FAILING)
    expect(refused?.trace.error).toMatchObject({ code: 'BRIDGE_CANNOT_BLOCK' })
  })

  test('shares one trace with the call that with() returns', async () => {
    expect(await eventsOf(() => span().with({ timeout: 1000 }).with({ priority: 1 }))).toEqual([AWAITED])
    expect(await eventsOf(() => span().with({ timeout: 1000 }).runSync())).toEqual([BLOCKING])
    expect(await eventsOf(() => span().with({ timeout: -1 }))).toEqual([AWAITED_FAILING])
  })

  test('whose signal has aborted before, or that a limit ends, fails', async () => {
    const aborted = { signal: AbortSignal.abort(new Error('too late')) }
    expect(await eventsOf(() => span().with(aborted))).toEqual([AWAITED_FAILING])
    expect(await eventsOf(() => span().with(aborted).runSync())).toEqual([BLOCKING_FAILING])
    const act = () => runScope({ timeout: 5 }, () => bridge(() => new Promise(() => {}))())
    expect(await eventsOf(act)).toEqual([AWAITED_FAILING])
  })

  test('is what a group, callAny() and @bridged() make, too', async () => {
    const listening = traced()
    const found = await parallelMap([1, 2], () => span())
    expect(found).toEqual(['parallelMap > span', 'parallelMap > span'])
    expect(await callAny(spans.getStore.bind(spans), [])).toContain('getStore')
    type Method = () => Promise<unknown>
    const bounded = (method: Method) =>
      bridged({ timeout: 1000 })(method, {} as ClassMethodDecoratorContext<unknown, Method>)
    const find = bounded(async function find() {
      await null
      return spans.getStore()
    })
    expect(await find()).toBe('find')
    const missing = bounded(() => Promise.reject(new RangeError('missing')))
    await expect(missing()).rejects.toThrow('missing')
    const all = [...listening.calls.values()]
    expect(all).toEqual([AWAITED, AWAITED, AWAITED, AWAITED, AWAITED, AWAITED_FAILING])
  })

  test('of a module and its objects is named by its operation', async () => {
    const tasks = inline.import<typeof Tasks>(new URL('../dist/testing/tasks.js', import.meta.url))
    const act = async () => {
      const counter = new tasks.Counter(1)
      await counter.add(1)
      await counter[Symbol.asyncDispose]()
    }
    const done = await calls(act)
    expect(done.map(({ trace, events }) => [trace.name, trace.kind, events])).toEqual([
      ['new Counter', 'new', AWAITED],
      ['Counter.add', 'method', AWAITED],
      ['Counter.[Symbol.asyncDispose]', 'dispose', AWAITED]
    ])
  })
})

describe('a stream that is traced', () => {
  const ways: Record<string, () => unknown> = {
    exhausted: async () => {
      for await (const _ of items());
    },
    'left by break': async () => {
      for await (const _ of itemsLater()) break
    },
    returned: async () => {
      const iterator = items()[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.return('early')
    },
    'awaited first': async () => {
      for await (const _ of await items());
    },
    'disposed of unread': async () => {
      await (await items())[Symbol.asyncDispose]()
    }
  }
  test.each(Object.keys(ways))('ends once when it is %s', async way => {
    const [call, ...others] = await calls(ways[way] as () => unknown)
    expect(call?.events).toEqual(AWAITED)
    expect(call?.trace).toMatchObject({ isStream: true, isBlocking: false })
    expect(others).toEqual([])
  })

  const failing: Record<string, () => unknown> = {
    'it throws': async () => {
      for await (const _ of items(true));
    },
    'it is thrown into': async () => {
      const iterator = items()[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.throw(new Error('from outside'))
    },
    'its signal aborts': async () => {
      const stop = new AbortController()
      for await (const _ of never().with({ signal: stop.signal })) stop.abort()
    },
    'its time is over': async () => {
      for await (const _ of never().with({ timeout: 20 }));
    },
    'an item is late': async () => {
      for await (const _ of never().with({ itemTimeout: 20 }));
    },
    'it is none': async () => {
      for await (const _ of span() as unknown as AsyncIterable<unknown>);
    }
  }
  test.each(Object.keys(failing))('ends once when %s', async way => {
    const [call, ...others] = await calls(failing[way] as () => unknown)
    expect(call?.events.filter(event => event !== 'error')).toEqual(AWAITED)
    expect(call?.events.includes('error')).toBe(way !== 'it is none')
    expect(others).toEqual([])
  })

  test('that blocks ends once, with its last step', async () => {
    const [all] = await calls(() => [...items()])
    expect(all).toMatchObject({ events: BLOCKING, trace: { result: 'returned', isBlocking: true } })
    const leave = () => {
      for (const _ of items()) break
    }
    expect(await eventsOf(leave)).toEqual([BLOCKING])
    expect(await eventsOf(() => [...items(true)])).toEqual([BLOCKING_FAILING])
  })

  test('does not start before it is opened', async () => {
    const act = () => {
      items()
      items()[Symbol.asyncIterator]()
      itemsLater()
    }
    expect(await eventsOf(act)).toEqual([])
  })

  test('starts in the context of its making, wherever it is opened, and has that context in each step', async () => {
    traced()
    const call = spans.run('maker', () => itemsLater())
    const blocking = spans.run('maker', () => items())
    const found: unknown[] = []
    await spans.run('consumer', async () => {
      for await (const item of call) found.push(item)
      found.push(...blocking)
    })
    const [later, sync] = ['maker > itemsLater', 'maker > items']
    expect(found).toEqual([later, later, sync, sync])
  })
})

describe('a store that is bound to the start of the tracing channel', () => {
  test('is active in the function, and only there', async () => {
    traced()
    await spans.run('maker', async () => {
      expect(await span()).toBe('maker > span')
      expect(await spanLater()).toBe('maker > spanLater')
      expect(span().runSync()).toBe('maker > span')
      const call = span()
      expect(spans.getStore()).toBe('maker')
      expect(await spans.run('consumer', () => call.start())).toBe('maker > span')
      expect(spans.getStore()).toBe('maker')
    })
  })

  test('is active in calls of the function, as the parent', async () => {
    traced()
    const outer = bridge(async function outer() {
      return [await span(), span().runSync()]
    })
    expect(await outer()).toEqual(['outer > span', 'outer > span'])
  })

  test('is captured by carriers', async () => {
    const captured: unknown[] = []
    const slot = new AsyncLocalStorage<string>()
    addCarrier({
      name: 'traced slot',
      module: undefined,
      capture: () => {
        const value = slot.getStore()
        if (value !== undefined) captured.push(value)
        return value
      },
      restore: (value, fn) => slot.run(value as string, fn)
    })
    const listening = listen(slot, ({ name }) => name)
    onTestFinished(listening.stop)
    await span()
    listening.stop()
    expect(captured).toContain('span')
  })

  test('may throw, as subscribers may, and breaks no call', async () => {
    const { stdout, stderr } = await runSource(`
      import { AsyncLocalStorage } from 'node:async_hooks'
      import { tracingChannel } from 'node:diagnostics_channel'
      import { bridge } from '@bridge/core'
      const reported = []
      process.on('uncaughtException', error => reported.push(error.message))
      const channels = tracingChannel('bridge:call')
      const fail = event => { throw new Error(event) }
      channels.start.bindStore(new AsyncLocalStorage(), () => fail('transform'))
      channels.subscribe({ start: () => fail('start'), end: () => fail('end'), asyncEnd: () => fail('asyncEnd') })
      const add = bridge((a, b) => a + b)
      const values = [await add(1, 2), add(3, 4).runSync()]
      setImmediate(() => console.log(JSON.stringify([values, [...new Set(reported)].sort()])))
    `)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([
      [3, 7],
      ['asyncEnd', 'end', 'start', 'transform']
    ])
  })
})

describe('the trace of a call', () => {
  test('is one object for all events, which a tracer may use as a key', async () => {
    const kept = new WeakMap<CallTrace, string>()
    const listening = traced()
    await span()
    listening.stop()
    const [trace] = [...listening.calls.keys()] as [CallTrace]
    expect(listening.calls.size).toBe(1)
    kept.set(trace, 'span')
    expect(trace).toMatchObject({
      name: 'span',
      kind: 'call',
      executor: 'inline',
      module: undefined,
      thread: undefined,
      waitTime: 0,
      runTime: expect.any(Number),
      result: 'span'
    })
  })

  test('is not made for a call that was made before there was a listener', async () => {
    const call = spanLater().start()
    expect(
      await eventsOf(async () => {
        await call
      })
    ).toEqual([])
  })

  test('ends although another listener was added meanwhile', async () => {
    const listening = traced()
    const call = span()
    listening.stop()
    const again = listen()
    await call
    again.stop()
    expect([...listening.events, ...again.events]).toEqual([
      'start span',
      'end span',
      'asyncStart span',
      'asyncEnd span'
    ])
  })
})
