import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  describeWith,
  type Program,
  startServer,
  type TestServer
} from '../../../packages/cluster/test/servers.js'
import type { Machines } from '../src/cluster/machines.js'
import { type FlightsServer, killFlights, startFlights } from './support/flights-server.js'
import { isMissing, usePage } from './support/page-visits.js'

const VARIABLES: Record<Program, string> = { 'nats-server': 'NATS_URL', 'redis-server': 'REDIS_URL' }

describeFleet('nats-server')
describeFleet('redis-server')

/** The service whose tasks run in separate processes, behind that server. */
function describeFleet(program: Program): void {
  describeWith(program, `the service with ${VARIABLES[program]}`, () => {
    let folder: string
    let server: TestServer
    let flights: FlightsServer

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'bridge-demo-test-'))
      server = await startServer(program)
      flights = await startFlights(folder, { [VARIABLES[program]]: server.url })
    })
    afterAll(async () => {
      killFlights()
      await server[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    })
    const ask = (path: string, options?: RequestInit) => fetch(flights.url + path, options)

    test('lists its processes', async () => {
      const machines = (await (await ask('/machines')).json()) as Machines
      expect(machines.server).toBe(server.url)
      expect(machines.workers).toHaveLength(2)
    })

    test('answers queries there, with the id of the request', async () => {
      expect(await (await ask('/delays?by=hour')).json()).toHaveLength(24)
      const { request } = (await (await ask('/whoami', { headers: { 'x-request-id': 'mine' } })).json()) as {
        request: string
      }
      expect(request).toBe('mine')
    })

    test('streams rows from there, and stops the generator when its reader stops', async () => {
      const rows = (await (await ask('/flights?minDelay=300')).text()).trim().split('\n')
      expect(rows.every(row => (JSON.parse(row) as { delay: number }).delay >= 300)).toBe(true)
      const leave = new AbortController()
      const response = await ask('/flights?minDelay=-1000', {
        headers: { 'x-request-id': 'left' },
        signal: leave.signal
      })
      await response.body?.getReader().read()
      leave.abort()
      await expect
        .poll(async () => ((await (await ask('/streams/left')).json()) as { isOver: boolean }).isOver, {
          timeout: 10_000
        })
        .toBe(true)
    })

    test('ends its processes with itself', async () => {
      const other = await startFlights(folder, { [VARIABLES[program]]: server.url, WORKERS: '1' })
      expect(await other.end('SIGTERM')).toEqual({ code: 0, signal: null })
      await expect
        .poll(async () => ((await (await ask('/machines')).json()) as Machines).workers.length)
        .toBe(2)
    })
  })
}

describeWith('nats-server', 'the page of a service on a cluster', () => {
  describe.skipIf(isMissing)('in Chromium', () => {
    let server: TestServer
    beforeAll(async () => {
      server = await startServer('nats-server')
    })
    afterAll(async () => {
      await server[Symbol.asyncDispose]()
    })
    const { visit } = usePage(() => ({ NATS_URL: server.url }))

    test('shows that its queries run in processes behind the server', async () => {
      const { page, faults, until } = await visit()
      await until('machines', /in 2 processes \(bridge-worker \S+, bridge-worker \S+\) behind nats:\/\/127/)
      expect(await page.isVisible('#machines')).toBe(true)
      await page.click('#stream-start')
      await until('stream-result', /Complete: made 200,000, read 200,000/)
      expect(faults).toEqual([])
    })
  })
})
