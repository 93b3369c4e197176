import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FlightsServer, killFlights, startFlights } from './support/flights-server.js'

interface WhoAmI {
  request: string
  thread: number
  streams: { opened: number; closed: number }
}

interface Delays {
  group: number
  flights: number
  mean: number
  range: [number, number]
  median: number
  p90: number
}

const dataSet = createRequire(import.meta.url).resolve('vega-datasets')
const all = JSON.parse(readFileSync(join(dataSet, '../../data/flights-200k.json'), 'utf8')) as {
  delay: number
  time: number
}[]

let folder: string
let server: FlightsServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-demo-test-'))
  // One thread, so that every request about the worker is answered by the same thread.
  server = await startFlights(folder, { THREADS: '1' })
})
afterAll(() => {
  killFlights()
  rmSync(folder, { recursive: true, force: true })
})

const get = (path: string, init?: RequestInit) => fetch(server.url + path, init)
const getJson = async <T>(path: string, init?: RequestInit) => (await (await get(path, init)).json()) as T
const whoami = (init?: RequestInit) => getJson<WhoAmI>('/whoami', init)

describe('the start', () => {
  test('loads all flights and reports it', () => {
    expect(server.output()).toContain('200000 of 200000')
  })

  test('prints where it listens and what to try', () => {
    for (const path of ['/docs', '/delays', '/flights', '/slow']) expect(server.output()).toContain(path)
  })
})

describe('the pages', () => {
  test.each([
    ['/', 'text/html'],
    ['/page.js', 'text/javascript'],
    ['/page.css', 'text/css'],
    ['/docs', 'text/html']
  ])('%s is served as %s', async (path, type) => {
    const response = await get(path)
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining(type)
    ])
    expect((await response.text()).length).toBeGreaterThan(1_000)
  })

  test('the description of the API has every route and the schema of the delays', async () => {
    const { paths, components } = await getJson<{ paths: object; components: { schemas: object } }>(
      '/docs-json'
    )
    expect(Object.keys(paths).sort()).toEqual([
      '/code',
      '/crash',
      '/delays',
      '/flights',
      '/lag',
      '/light',
      '/live',
      '/machines',
      '/reports',
      '/slow',
      '/streams/{id}',
      '/thread',
      '/trace',
      '/whoami'
    ])
    expect(components.schemas).toHaveProperty('DelaysDto.properties.range')
  })
})

describe('GET /code', () => {
  test('shows parts of the source unchanged', async () => {
    const shown = await getJson<{ title: string; file: string; code: string }[]>('/code')
    expect(shown.map(({ title }) => title)).toEqual([
      'the task',
      'the class to inject',
      'inline',
      'the handler'
    ])
    for (const { file, code } of shown) {
      const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
      const lines = source.split('\n').map(line => line.trim())
      for (const line of code.split('\n')) expect(lines).toContain(line.trim())
    }
  })
})

describe('POST /reports', () => {
  test('makes the requested number, for one visitor at a time', async () => {
    const [first, second] = await Promise.all([
      get('/reports?count=2', { method: 'POST' }),
      get('/reports?count=2', { method: 'POST' })
    ])
    expect([first.status, second.status].sort()).toEqual([201, 409])
    const made = first.status === 201 ? first : second
    expect(await made.json()).toMatchObject({ reports: 2, took: expect.any(Number) })
    expect((await get('/reports?count=1&inline=true', { method: 'POST' })).status).toBe(201)
  })
})

describe('GET /live', () => {
  test('reports the event loop and the pools, and calls and threads that end', async () => {
    const leaving = new AbortController()
    const response = await get('/live', { signal: leaving.signal })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (pattern: RegExp) => {
      while (!pattern.test(text)) text += (await reader?.read())?.value ?? ''
      return pattern.exec(text)
    }
    const [, tick] = (await until(/event: tick\nid: \d+\ndata: (.*)\n/)) ?? []
    expect(JSON.parse(tick ?? '')).toMatchObject({
      delay: expect.any(Number),
      pools: [{ name: 'flights' }, { name: 'stuck' }, { name: 'traced' }]
    })
    await whoami()
    const [, call] = (await until(/event: call\nid: \d+\ndata: (.*whoami.*)\n/)) ?? []
    expect(JSON.parse(call ?? '')).toMatchObject({ executor: 'flights', thread: expect.any(Number) })
    await get('/crash', { method: 'POST' })
    const [, ended] = (await until(/event: thread\nid: \d+\ndata: (.*ended.*)\n/)) ?? []
    expect(JSON.parse(ended ?? '')).toMatchObject({ pool: 'stuck', cause: 'exit' })
    leaving.abort()
  })
})

describe('GET /trace', () => {
  test('has the spans of both threads as one tree, and the lines of both with its id', async () => {
    const { request, spans, lines } = await getJson<{
      request: string
      spans: { id: string; parent?: string; name: string; where: string; task?: string }[]
      lines: { where: string; request: string }[]
    }>('/trace', { headers: { 'x-request-id': 'traced' } })
    const by = (name: string, where: RegExp) =>
      spans.find(span => span.name === name && where.test(span.where))
    const whole = by('GET /trace', /main/)
    const call = by('bridge.call', /main/)
    const callback = by('bridge.call', /worker/)
    expect(call).toMatchObject({ parent: whole?.id, task: 'lateFlights' })
    expect(by('sqlite', /worker/)).toMatchObject({ parent: call?.id })
    expect(callback).toMatchObject({ parent: call?.id })
    expect(by('callback: what is late?', /main/)).toMatchObject({ parent: callback?.id })
    expect(spans).toHaveLength(5)
    expect(request).toBe('traced')
    expect(lines).toHaveLength(5)
    expect(lines.every(line => line.request === 'traced')).toBe(true)
    expect(new Set(lines.map(line => line.where.replace(/\d/, ''))).size).toBe(2)
  })
})

describe('a thread that exits', () => {
  test('costs its call a 503, and the next request is served by another thread', async () => {
    const { thread } = await getJson<{ thread: number }>('/thread')
    const crashed = await get('/crash', { method: 'POST' })
    expect([crashed.status, crashed.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await getJson<{ thread: number }>('/thread')).thread).toBeGreaterThan(thread)
  })
})

describe('GET /delays', () => {
  test('summarizes all flights by hour', async () => {
    const rows = await getJson<Delays[]>('/delays?by=hour')
    expect(rows.map(row => row.group)).toEqual([...Array(24).keys()])
    expect(rows.reduce((sum, row) => sum + row.flights, 0)).toBe(200_000)
    for (const { group, flights, mean, range, median, p90 } of rows) {
      const delays = all.filter(flight => Math.floor(flight.time) === group).map(flight => flight.delay)
      expect(flights).toBe(delays.length)
      expect(mean).toBeCloseTo(delays.reduce((sum, delay) => sum + delay, 0) / delays.length, 0)
      // Half of the flights are at most as late as the median, nine of ten at most as late as p90.
      expect(delays.filter(delay => delay < median).length).toBeLessThanOrEqual(delays.length / 2)
      expect(delays.filter(delay => delay > median).length).toBeLessThanOrEqual(delays.length / 2)
      expect(delays.filter(delay => delay > p90).length / delays.length).toBeLessThan(0.2)
      expect(range[0]).toBeLessThanOrEqual(mean)
      expect(range[1]).toBeGreaterThanOrEqual(mean)
    }
  })

  test('summarizes all flights by distance, and returns the same in place', async () => {
    const [offloaded, inline] = await Promise.all([
      getJson<Delays[]>('/delays?by=distance'),
      getJson<Delays[]>('/delays?by=distance&inline=true')
    ])
    expect(offloaded.reduce((sum, row) => sum + row.flights, 0)).toBe(200_000)
    expect(inline).toEqual(offloaded)
  })

  test('four times concurrently delays the event loop by less than a tenth of the delay in place', async () => {
    const maxLag = async (path: string) => {
      await getJson('/lag')
      await Promise.all(Array.from({ length: 4 }, () => getJson(path)))
      return (await getJson<{ max: number }>('/lag')).max
    }
    const offloaded = await maxLag('/delays?by=hour')
    const inline = await maxLag('/delays?by=hour&inline=true')
    expect(inline).toBeGreaterThan(80)
    expect(offloaded / inline).toBeLessThan(0.1)
  }, 60_000)
})

describe('GET /flights', () => {
  test('streams every matching flight as NDJSON', async () => {
    const response = await get('/flights?minDelay=60')
    expect(response.headers.get('content-type')).toContain('application/x-ndjson')
    const lines = (await response.text()).trimEnd().split('\n')
    expect(lines).toHaveLength(10_796)
    const flights = lines.map(line => JSON.parse(line) as { delay: number; distance: number; time: number })
    expect(flights.every(flight => flight.delay >= 60)).toBe(true)
    expect(Object.keys(flights[0] ?? {})).toEqual(['delay', 'distance', 'time'])
  })

  test('stops the generator in the worker when the client disconnects', async () => {
    const before = await whoami()
    const leaving = new AbortController()
    const response = await get('/flights?minDelay=-1000', { signal: leaving.signal })
    await response.body?.getReader().read()
    const open = await whoami()
    expect(open.streams.opened - open.streams.closed).toBe(1)
    leaving.abort()
    // Every request is a round trip to the worker.
    let after = open
    while (after.streams.closed === open.streams.closed) after = await whoami()
    expect(after.streams).toEqual({ opened: before.streams.opened + 1, closed: before.streams.closed + 1 })
    expect(after.thread).toBe(before.thread)
  })
})

describe('GET /streams/:id', () => {
  test('shows what the stream of a request has made, and that it has ended', async () => {
    const headers = { 'x-request-id': 'counted' }
    expect((await get('/streams/counted')).status).toBe(404)
    const leaving = new AbortController()
    const response = await get('/flights?minDelay=-1000', { headers, signal: leaving.signal })
    expect(response.headers.get('x-request-id')).toBe('counted')
    await response.body?.getReader().read()
    expect(await getJson('/streams/counted')).toMatchObject({ isOver: false })
    leaving.abort()
    let seen = { made: 0, isOver: false }
    while (!seen.isOver) seen = await getJson('/streams/counted')
    expect(seen.made).toBeGreaterThan(0)
    expect(seen.made).toBeLessThan(200_000)
  })
})

describe('GET /whoami', () => {
  test("returns the header's request id, as seen in the worker", async () => {
    const { request, thread } = await whoami({ headers: { 'x-request-id': 'from-the-test' } })
    expect(request).toBe('from-the-test')
    expect(thread).toBeGreaterThan(0)
  })

  test('returns a new id for every request without a header', async () => {
    expect((await whoami()).request).not.toBe((await whoami()).request)
  })
})

describe('GET /slow', () => {
  test('ends with 504 when its time is over, and its thread is replaced', async () => {
    const before = await whoami()
    const start = performance.now()
    const response = await get('/slow?timeout=200')
    const took = performance.now() - start
    expect(response.status).toBe(504)
    expect(took).toBeGreaterThanOrEqual(195)
    expect(took).toBeLessThan(2000)
    const { thread } = (await response.json()) as { thread: { before: number; after: number } }
    expect(thread.after).toBeGreaterThan(thread.before)
    expect((await getJson<{ thread: { before: number } }>('/slow?timeout=50')).thread.before).toBe(
      thread.after
    )
    expect((await whoami()).thread).toBe(before.thread)
  })
})

describe('an invalid query', () => {
  test.each([
    ['/delays?by=airline', 'by must be hour or distance'],
    ['/delays?inline=maybe', 'inline must be true or false'],
    ['/flights?minDelay=soon', 'minDelay must be a whole number from -1000 to 10000'],
    ['/flights?minDelay=1e3', 'minDelay must be'],
    ['/flights?minDelay=', 'minDelay must be'],
    ['/slow?timeout=0', 'timeout must be a whole number from 1 to 60000'],
    ['/slow?timeout=99999999', 'timeout must be']
  ])('such as %s is answered with 400, and told what to say instead', async (path, message) => {
    const response = await get(path)
    expect(response.status).toBe(400)
    expect(((await response.json()) as { message: string }).message).toContain(message)
  })
})
