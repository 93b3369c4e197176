import { connect } from 'node:net'
import type { BridgeModuleOptions } from '@bridge/nest'
import { type AbstractHttpAdapter } from '@nestjs/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Server, startServer } from './server.js'
import { WorkTasks } from './work-tasks.js'

/** The interceptor's tests, which every HTTP platform must pass. */
export function httpSuite(
  platform: string,
  adapter: () => AbstractHttpAdapter,
  bridge?: () => Promise<BridgeModuleOptions>
): void {
  describe(`BridgeInterceptor on ${platform}`, () => {
    let server: Server
    let tasks: WorkTasks

    beforeAll(async () => {
      server = await startServer(adapter(), { bridge: await bridge?.() })
      tasks = server.app.get(WorkTasks)
    })
    afterAll(() => server.app.close())
    beforeEach(() => {
      server.log.errors.length = 0
    })

    const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init)
    const getId = async (path: string, init?: RequestInit) =>
      ((await (await get(path, init)).json()) as { id: string }).id
    const as = (id: string): RequestInit => ({ headers: { 'x-request-id': id } })

    describe('the request', () => {
      test("carries the header's id into the worker", async () => {
        expect(await getId('/whoami', as('from-header'))).toBe('from-header')
      })

      test('gets a new id without a header', async () => {
        const [first, second] = await Promise.all([getId('/whoami'), getId('/whoami')])
        expect(first).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/)
        expect(second).not.toBe(first)
      })

      test('gets a new id instead of one that is too long', async () => {
        expect(await getId('/here', as('x'.repeat(201)))).toHaveLength(36)
      })

      test('is not mixed up with concurrent requests', async () => {
        const ids = Array.from({ length: 100 }, (_, n) => `request-${n}`)
        expect(await Promise.all(ids.map(id => getId('/whoami', as(id))))).toEqual(ids)
      })
    })

    describe('a failure', () => {
      test.each(['/broken', '/broken-later'])(
        'in the handler is logged without a frame of ours: %s',
        async path => {
          expect((await get(path)).status).toBe(500)
          const [{ stack }] = server.log.errors as [Error]
          expect(stack).toMatch(/Error: broken in the handler\n.*work-controller/)
          expect(stack).not.toMatch(/packages\/(nest|context|core)\/(dist|src)/)
        }
      )

      test('by @Deadline is answered with 504, and the task is notified to stop', async () => {
        const { aborted } = await tasks.log()
        const response = await get('/late')
        expect(response.status).toBe(504)
        expect(await response.json()).toMatchObject({ statusCode: 504, message: 'Gateway Timeout' })
        expect((await tasks.log()).aborted).toBe(aborted + 1)
      })

      test('by @Deadline before the first item of a stream is answered with 504', async () => {
        expect((await get('/late-stream')).status).toBe(504)
      })

      test('by a Nest exception thrown in the worker keeps its status and its body', async () => {
        const response = await get('/conflict')
        expect(response.status).toBe(409)
        expect(await response.json()).toMatchObject({ statusCode: 409, message: 'taken in the worker' })
      })

      test('by a Nest exception thrown in the worker is caught by a filter of its class', async () => {
        const response = await get('/caught-conflict')
        expect(response.status).toBe(409)
        expect(await response.json()).toEqual({ caught: 'taken in the worker' })
      })

      test("by a database's exception in the worker shows no details of it", async () => {
        const response = await get('/database')
        expect(response.status).toBe(500)
        expect(await response.text()).not.toContain('10.0.0.7')
        expect(server.log.errors).toMatchObject([{ message: 'duplicate key' }])
      })

      test('by another error of the worker is a 500 that is logged', async () => {
        expect((await get('/fail')).status).toBe(500)
        expect(server.log.errors).toMatchObject([{ message: 'broken in the worker' }])
      })

      test('by the loss of the worker is answered with 503, and the next request is served', async () => {
        const response = await get('/exit')
        expect(response.status).toBe(503)
        expect(response.headers.get('retry-after')).toBe('1')
        expect(await response.json()).toEqual({ statusCode: 503, message: 'Service Unavailable' })
        expect((await get('/whoami')).status).toBe(200)
      })

      test('by a client that disconnects aborts the call and reports nothing', async () => {
        const { aborted, opened } = await tasks.log()
        const leaving = new AbortController()
        const response = get('/waiting', { signal: leaving.signal })
        let isAnswered = false
        const settled = response
          .catch(() => {})
          .then(() => {
            isAnswered = true
          })
        // A latch whose test fails earlier would never be opened.
        while (!isAnswered && (await tasks.log()).opened === opened);
        expect(isAnswered).toBe(false)
        leaving.abort()
        await expect(response).rejects.toThrow()
        await settled
        while ((await tasks.log()).aborted === aborted);
        expect(server.log.errors).toEqual([])
      })

      test('by a client that disconnects also aborts requests that are queued on the connection', async () => {
        const { aborted, opened } = await tasks.log()
        const client = connect(Number(new URL(server.url).port), '127.0.0.1')
        const request = 'GET /waiting HTTP/1.1\r\nHost: localhost\r\n\r\n'
        client.write(request + request)
        while ((await tasks.log()).opened < opened + 2);
        client.destroy()
        while ((await tasks.log()).aborted < aborted + 2);
        expect(server.log.errors).toEqual([])
      })
    })

    describe('does not change', () => {
      test.each([
        ['/plain', '{"plain":true}'],
        ['/promise', 'promised'],
        ['/observable', 'last'],
        ['/observable-call', '42'],
        ['/file', 'of bytes'],
        ['/readable', 'readable'],
        ['/web', 'web'],
        ['/raw', 'raw']
      ])('%s', async (path, body) => {
        const response = await get(path)
        expect(await response.text()).toBe(body)
        expect(response.ok).toBe(true)
      })

      test('an exception of the handler', async () => {
        const response = await get('/missing')
        expect(response.status).toBe(404)
        expect(await response.json()).toMatchObject({ message: 'not here' })
      })

      test('a HEAD request of a stream', async () => {
        expect((await get('/endless', { method: 'HEAD' })).status).toBe(200)
      })
    })
  })
}
