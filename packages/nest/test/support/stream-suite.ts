import type { BridgeModuleOptions } from '@bridge/nest'
import type { NestInterceptor } from '@nestjs/common'
import type { AbstractHttpAdapter } from '@nestjs/core'
import { first, map } from 'rxjs'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Server, startServer } from './server.js'
import { PLENTY, streamControllers, streamLog } from './stream-controller.js'
import { handlerLog, WorkController } from './work-controller.js'
import { WorkTasks } from './work-tasks.js'

/** Around the interceptor, so that for this Nest, as for an older one, its result is not an async iterable. */
const hideIterator: NestInterceptor = {
  intercept: (_, next) =>
    next.handle().pipe(
      first(),
      map(body => {
        const isBody = typeof body === 'object' && body !== null && Symbol.asyncIterator in body
        return isBody ? Object.defineProperty(body, Symbol.asyncIterator, { value: undefined }) : body
      })
    )
}

/** Answers instead of a stream if the request asks for it. */
const answerInstead: NestInterceptor = {
  intercept: (context, next) =>
    next
      .handle()
      .pipe(
        map(body => (context.switchToHttp().getRequest().headers['x-instead'] ? { instead: true } : body))
      )
}

/** What a client sees of a stream, whether Nest streams it itself or sends it as a file. */
export function streamSuite(
  platform: string,
  adapter: () => AbstractHttpAdapter,
  bridge?: () => Promise<BridgeModuleOptions>
): void {
  describe.each([
    ['that Nest sends item by item', [answerInstead]],
    ['that is sent as a file, as by Nest 11', [answerInstead, hideIterator]]
  ])(`a stream %s, on ${platform}`, (_, outer) => {
    let server: Server
    let tasks: WorkTasks

    beforeAll(async () => {
      server = await startServer(adapter(), {
        bridge: await bridge?.(),
        controllers: [WorkController, ...streamControllers],
        outer
      })
      tasks = server.app.get(WorkTasks)
    })
    afterAll(() => server.app.close())
    beforeEach(() => {
      handlerLog.length = 0
      server.log.errors.length = 0
      Object.assign(streamLog, { started: 0, produced: 0, ended: 0 })
    })

    const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init)
    const as = (id: string): RequestInit => ({ headers: { 'x-request-id': id } })

    /** Opens the path, reads the first chunk of the response, and disconnects. */
    async function leaveAfterFirstChunk(path: string, id: string): Promise<void> {
      const leaving = new AbortController()
      const response = await get(path, { ...as(id), signal: leaving.signal })
      await response.body?.getReader().read()
      leaving.abort()
    }

    /** Asks the worker until its generators have been closed that often, with one round trip each time. */
    async function untilClosed(times: number) {
      for (;;) {
        const log = await tasks.log()
        if (log.closed >= times) return log
      }
    }

    test('of a call is sent as NDJSON, with the request in every step', async () => {
      const response = await get('/rows', as('streamed'))
      expect(response.headers.get('content-type')).toContain('application/x-ndjson')
      expect(await response.text()).toBe([0, 1, 2].map(n => `{"n":${n},"id":"streamed"}\n`).join(''))
    })

    test('of an async generator handler has the request in every step and in its `finally`', async () => {
      const text = await (await get('/generator', as('g'))).text()
      expect(text).toBe([0, 1, 2].map(n => `{"n":${n},"id":"g","here":"g"}\n`).join(''))
      expect(handlerLog).toEqual(['g'])
    })

    test.each(['/endless', '/endless-generator', '/silent', '/silent-generator'])(
      'of %s ends in the worker when the client goes away, and its finally sees the request',
      async path => {
        const { closed } = await tasks.log()
        await leaveAfterFirstChunk(path, `left${path}`)
        const log = await untilClosed(closed + 1)
        expect(log.closedIn.at(-1)).toBe(`left${path}`)
        expect(log.opened).toBe(log.closed)
        expect(server.log.errors).toEqual([])
      }
    )

    test('whose client disconnects runs the `finally` of its handler in the request, too', async () => {
      const { closed } = await tasks.log()
      await leaveAfterFirstChunk('/endless-generator', 'teardown')
      await untilClosed(closed + 1)
      // The handler continues only when the worker's generator has cleaned up.
      await vi.waitFor(() => expect(handlerLog).toEqual(['teardown']))
    })

    test('that a handler returns after it has answered by itself is stopped', async () => {
      expect(await (await get('/raw-before', as('answered'))).text()).toBe('raw')
      await vi.waitFor(() => expect(handlerLog).toEqual(['answered']))
    })

    test.each([
      ['/streams/text', 'text/plain; charset=utf-8', 'one two'],
      ['/streams/bytes', 'application/octet-stream', 'of bytes'],
      ['/streams/undefined', 'application/x-ndjson', '{"n":1}\n'],
      ['/streams/csv', 'text/csv', 'a;b\n']
    ])('of %s has the content type %s', async (path, type, body) => {
      const response = await get(path)
      expect(response.headers.get('content-type')).toContain(type)
      expect(response.headers.get('content-disposition')).toBeNull()
      expect(await response.text()).toBe(body)
    })

    test('keeps the status of its method', async () => {
      const response = await get('/streams/posted', { method: 'POST', ...as('p') })
      expect(response.status).toBe(201)
      expect(await response.text()).toBe('{"n":0,"id":"p"}\n')
    })

    test('without items is an empty response', async () => {
      const response = await get('/streams/empty')
      expect([response.status, await response.text()]).toEqual([200, ''])
    })

    test('that fails before its first item is answered by its exception', async () => {
      const response = await get('/streams/missing')
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ message: 'nothing to list' })
    })

    test('whose first item cannot be sent is a 500, and its finally has run', async () => {
      expect((await get('/streams/circular')).status).toBe(500)
      expect(streamLog.ended).toBe(1)
    })

    test('that fails in the middle is aborted, and logged once', async () => {
      const response = await get('/streams/broken', as('b'))
      expect(response.status).toBe(200)
      await expect(response.text()).rejects.toThrow()
      await vi.waitFor(() => expect(server.log.errors).toMatchObject([{ message: 'broken in the worker' }]))
    })

    test('waits for a client that does not read, and ends when the client disconnects', async () => {
      const leaving = new AbortController()
      const response = await get('/streams/plenty', { signal: leaving.signal })
      for (let n = 0; n < 20; n++) await (await get('/plain')).text()
      // A body without a reference is cancelled when it is collected.
      expect(response.bodyUsed).toBe(false)
      expect(streamLog.produced).toBeLessThan(PLENTY / 10)
      leaving.abort()
      await vi.waitFor(() => expect(streamLog.ended).toBe(1))
      expect(server.log.errors).toEqual([])
    })

    test('ends when the response has ended, if another interceptor has answered instead', async () => {
      const { closed } = await tasks.log()
      const init = { headers: { 'x-instead': 'yes' } }
      expect(await (await get('/streams/plenty', init)).json()).toEqual({ instead: true })
      await vi.waitFor(() => expect(streamLog.ended).toBe(1))
      expect(await (await get('/endless', init)).json()).toEqual({ instead: true })
      await untilClosed(closed + 1)
      expect(server.log.errors).toEqual([])
    })

    test.each(['/streams/plenty', '/streams/headed'])(
      'is not started by a HEAD request of %s',
      async path => {
        const response = await get(path, { method: 'HEAD' })
        expect([response.status, await response.text()]).toEqual([200, ''])
        expect(streamLog.started).toBe(0)
      }
    )
  })
}
