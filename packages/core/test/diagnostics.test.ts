import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { bridge, inline, runScope } from '@bridge/core'
import { describe, expect, test } from 'vitest'

const add = bridge(function add(a: number, b: number) {
  return a + b
})
const fail = bridge(async function fail() {
  throw new RangeError('no')
})

async function traced(act: () => unknown): Promise<string[]> {
  const events: string[] = []
  const note = (event: string) => (message: unknown) => {
    const { name, executor, result, error } = message as Record<string, unknown>
    events.push([event, name, executor, result ?? String(error ?? '')].join(' ').trim())
  }
  const handlers = {
    start: note('start'),
    end: note('end'),
    asyncStart: note('asyncStart'),
    asyncEnd: note('asyncEnd'),
    error: note('error')
  }
  const channel = tracingChannel('bridge:call')
  channel.subscribe(handlers)
  try {
    await act()
  } finally {
    channel.unsubscribe(handlers)
  }
  return events
}

describe('the tracing channel bridge:call', () => {
  test('reports an awaited call', async () => {
    expect(await traced(() => add(1, 2))).toEqual([
      'start add inline',
      'end add inline',
      'asyncStart add inline 3',
      'asyncEnd add inline 3'
    ])
  })

  test('reports a blocking call', async () => {
    expect(await traced(() => add(1, 2).runSync())).toEqual(['start add inline', 'end add inline 3'])
  })

  test('reports a stream that is iterated, from its opening', async () => {
    const items = bridge(function* items() {
      yield 1
    })
    const events = await traced(async () => {
      for await (const _ of items());
    })
    expect(events.map(event => event.split(' ').slice(0, 3).join(' '))).toEqual([
      'start items inline',
      'end items inline',
      'asyncStart items inline',
      'asyncEnd items inline'
    ])
    const blocking = await traced(() => [...items()])
    expect(blocking.map(event => event.split(' ').slice(0, 3).join(' '))).toEqual([
      'start items inline',
      'end items inline'
    ])
  })

  test('reports a failure', async () => {
    const events = await traced(() => fail().catch(() => {}))
    expect(events).toContain('error fail inline RangeError: no')
  })

  test('reports how long the call waited and ran, once it has ended', async () => {
    const traces: unknown[] = []
    const handlers = { asyncEnd: (trace: unknown) => traces.push({ ...(trace as object) }) }
    tracingChannel('bridge:call').subscribe(handlers as never)
    await add(1, 2)
    tracingChannel('bridge:call').unsubscribe(handlers as never)
    expect(traces).toEqual([expect.objectContaining({ waitTime: 0, runTime: expect.any(Number) })])
  })

  test('is silent when no listener is left', async () => {
    expect(await traced(() => {})).toEqual([])
    await add(1, 2)
  })
})

describe('the channel bridge:blocked', () => {
  async function blocked(act: () => unknown): Promise<Record<string, unknown>[]> {
    const messages: Record<string, unknown>[] = []
    const note = (message: unknown) => messages.push(message as Record<string, unknown>)
    subscribe('bridge:blocked', note)
    try {
      await act()
    } finally {
      unsubscribe('bridge:blocked', note)
    }
    return messages
  }

  test('reports a blocking call inside a scope, with its duration and its place', async () => {
    const [message, ...others] = await blocked(() => runScope({ timeout: 1000 }, () => add(1, 2).runSync()))
    expect(message).toMatchObject({ name: 'add', executor: 'inline', duration: expect.any(Number) })
    expect(String(message?.stack).split('\n')[1]).toContain('diagnostics.test.ts')
    expect(others).toEqual([])
  })

  test('reports a function of importSync too', async () => {
    const { basename } = inline.importSync<{ basename(path: string): string }>(
      new URL('./fixtures/paths.cjs', import.meta.url)
    )
    const [message] = await blocked(() => runScope({ timeout: 1000 }, () => basename('/a/b')))
    expect(message).toMatchObject({ name: 'basename', executor: 'inline' })
    expect(String(message?.stack).split('\n')[1]).toContain('diagnostics.test.ts')
  })

  test('ignores a blocking call outside of a scope, and an awaited call inside', async () => {
    const act = async () => {
      add(1, 2).runSync()
      await runScope({ timeout: 1000 }, () => add(1, 2).start())
    }
    expect(await blocked(act)).toEqual([])
  })
})
