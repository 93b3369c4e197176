import { InvalidArgumentError } from '@bridge/core'
import { StreamAs } from '@bridge/nest'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { FormatController, formatLog } from './support/format-controller.js'
import { type Server, startServer } from './support/server.js'
import { WorkController } from './support/work-controller.js'
import { WorkTasks } from './support/work-tasks.js'

test.each([
  ['a format that is none', () => StreamAs('xml' as never)],
  ['a heartbeat of zero', () => StreamAs('sse', { heartbeat: 0 })],
  ['a heartbeat of lines of JSON', () => StreamAs('ndjson', { heartbeat: 5 })],
  ['errors in JSON', () => StreamAs('json', { errors: true })],
  ['errors that are no flag', () => StreamAs('sse', { errors: 'all' as never })],
  ['an unknown option', () => StreamAs('sse', { beat: 5 } as never)]
])('@StreamAs() refuses %s', (_, decorate) => {
  expect(decorate).toThrow(InvalidArgumentError)
})

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter({ forceCloseConnections: true })]
])('a stream on %s', (_, adapter) => {
  let server: Server
  let tasks: WorkTasks

  beforeAll(async () => {
    server = await startServer(adapter(), { controllers: [FormatController, WorkController] })
    tasks = server.app.get(WorkTasks)
  })
  afterAll(() => server.app.close())
  beforeEach(() => {
    server.log.errors.length = 0
    Object.assign(formatLog, { produced: 0, ended: 0 })
  })

  const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}/formats/${path}`, init)
  const as = (id: string): RequestInit => ({ headers: { 'x-request-id': id } })

  test.each([
    ['json', 'application/json; charset=utf-8', '[{"n":0,"id":"f"},{"n":1,"id":"f"}]'],
    ['json-nothing', 'application/json; charset=utf-8', '[]'],
    ['json-undefined', 'application/json; charset=utf-8', '[null,"text"]'],
    ['ndjson', 'application/x-ndjson', '"text"\n2\n'],
    ['plain-sync', 'application/x-ndjson', '{"id":"f"}\n{"n":2}\n'],
    ['with-bridge-sync', 'application/x-ndjson', '{"id":"f"}\n{"n":2}\n']
  ])('of %s has the content type %s', async (path, type, body) => {
    const response = await get(path, as('f'))
    expect(response.headers.get('content-type')).toBe(type)
    expect(await response.text()).toBe(body)
  })

  test('of events reports an item that cannot be written with the id of the event before', async () => {
    const text = await (await get('events-unwritable')).text()
    expect(text.trim().split('\n\n')).toEqual([
      'id: 1\ndata: 1',
      'event: error\nid: 1\ndata: {"statusCode":500,"message":"Internal server error"}'
    ])
  })

  test('of @Sse() reports data that cannot be written like any error', async () => {
    const text = await (await get('sse-unwritable')).text()
    expect(text.trim().split('\n\n')).toEqual([
      'id: 1\ndata: null',
      'event: error\nid: 1\ndata: {"statusCode":500,"message":"Internal server error"}'
    ])
  })

  test.each(['ndjson-cut', 'json-broken', 'events-cut'])(
    'of %s that fails in the middle is aborted, and logged once',
    async path => {
      await expect((await get(path)).text()).rejects.toThrow()
      await vi.waitFor(() => expect(server.log.errors).toMatchObject([{ message: 'broken in the worker' }]))
    }
  )

  test('of NDJSON reports an error in a last line if the options ask for it, without details', async () => {
    expect(await (await get('ndjson-broken')).text()).toBe(
      '1\n{"error":{"statusCode":500,"message":"Internal server error"}}\n'
    )
    expect(server.log.errors).toMatchObject([{ message: 'broken in the worker' }])
    server.log.errors.length = 0
    const [, last] = (await (await get('ndjson-conflict')).text()).split('\n')
    expect(JSON.parse(last ?? '')).toMatchObject({
      error: { statusCode: 409, message: 'taken in the worker' }
    })
    expect(server.log.errors).toEqual([])
  })

  test('that fails before its first item is answered by its exception', async () => {
    expect((await get('ndjson-missing')).status).toBe(404)
    expect((await get('nest-missing')).status).toBe(404)
  })

  test('of server-sent events writes events unchanged, other items as data, and an error as the last event', async () => {
    const response = await get('events', { method: 'POST' })
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    const events = (await response.text()).split('\n\n')
    expect(events).toEqual([
      'event: row\nid: first\nretry: 50\ndata: {"n":1}',
      'id: 2\ndata: two\ndata: lines',
      'id: 3\ndata: {"n":3,"data":"of a row"}',
      expect.stringMatching(/^event: error\nid: 3\ndata: \{.*"taken in the worker".*409.*\}$/),
      ''
    ])
  })

  test('of a call is sent by @Sse(), with the request in every step', async () => {
    const response = await get('nest', as('s'))
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect((await response.text()).trim()).toBe(
      'id: 1\ndata: {"n":0,"id":"s"}\n\nid: 2\ndata: {"n":1,"id":"s"}'
    )
  })

  test('of events is sent by @Sse() with their fields', async () => {
    expect((await (await get('nest-events')).text()).trim()).toBe(
      'event: row\nid: x\ndata: a\n\nid: 2\ndata: {"row":1}'
    )
  })

  test('that fails in the middle of @Sse() ends with an event without details', async () => {
    const events = (await (await get('nest-broken')).text()).trim().split('\n\n')
    expect(events).toEqual([
      'id: 1\ndata: 1',
      'event: error\nid: 1\ndata: {"statusCode":500,"message":"Internal server error"}'
    ])
    expect(server.log.errors).toMatchObject([{ message: 'broken in the worker' }])
  })

  test.each(['beats', 'nest-beats'])(
    'of %s that gives nothing sends a comment now and then, and ends when its client goes away',
    async path => {
      const leaving = new AbortController()
      const response = await get(path, { signal: leaving.signal })
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
      let text = ''
      while (text.split(': \n').length < 3) text += (await reader?.read())?.value ?? ''
      expect(text).toMatch(/^\s*(: \n\n)+$/)
      expect(formatLog.ended).toBe(0)
      leaving.abort()
      await vi.waitFor(() => expect(formatLog.ended).toBe(1))
      expect(server.log.errors).toEqual([])
    }
  )

  test.each(['nest-endless', 'nest-silent'])(
    'of %s ends in the worker when its client goes away, and its finally sees the request',
    async path => {
      const { closed } = await tasks.log()
      const leaving = new AbortController()
      const response = await get(path, { ...as(path), signal: leaving.signal })
      const reader = response.body?.getReader()
      while (!Buffer.from((await reader?.read())?.value ?? []).includes('data'));
      leaving.abort()
      for (;;) {
        const log = await tasks.log()
        if (log.closed === closed) continue
        expect(log.closedIn.at(-1)).toBe(path)
        break
      }
      expect(server.log.errors).toEqual([])
    }
  )

  test('of @Sse() waits for a client that does not read', async () => {
    const leaving = new AbortController()
    const response = await get('nest-plenty', { signal: leaving.signal })
    // The connection takes some megabytes; without backpressure it would never stop.
    for (let before = -1; formatLog.produced !== before; ) {
      before = formatLog.produced
      for (let n = 0; n < 20; n++) await (await fetch(`${server.url}/plain`)).text()
    }
    // A body without a reference is cancelled when it is collected.
    expect(response.bodyUsed).toBe(false)
    expect(formatLog.ended).toBe(0)
    leaving.abort()
    await vi.waitFor(() => expect(formatLog.ended).toBe(1))
  })
})
