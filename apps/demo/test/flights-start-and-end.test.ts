import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FlightsServer, killFlights, startFlights } from './support/flights-server.js'

let folder: string
/** A start that was stopped while it loaded the flights: how, and its output. */
let early: { ended: Awaited<ReturnType<FlightsServer['end']>>; output: string }
/** The start after it. */
let server: FlightsServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-demo-test-'))
  const interrupted = await startFlights(folder, {}, /Loading/)
  early = { ended: await interrupted.end('SIGINT'), output: interrupted.output() }
  server = await startFlights(folder)
})
const folders = () => readdirSync(folder).filter(name => name.startsWith('bridge-flights-'))

afterAll(() => {
  killFlights()
  rmSync(folder, { recursive: true, force: true })
})

describe('a start that fails', () => {
  test.each([
    ['soon', 'PORT must be a whole number from 0 to 65535, and is soon.'],
    ['70000', 'PORT must be a whole number from 0 to 65535, and is 70000.']
  ])('because PORT is %s says so', async (port, message) => {
    await expect(startFlights(folder, { PORT: port })).rejects.toThrow(`ended with 1: ${message}\n`)
  })

  test('because the port is taken says so', async () => {
    const { port } = new URL(server.url)
    const start = startFlights(folder, { PORT: port })
    await expect(start).rejects.toThrow(new RegExp(`ended with 1: [^]*Port ${port} is taken.*PORT=3001`))
  })
})

describe('the end', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s is clean, and leaves no data behind', async signal => {
    const other = await startFlights(folder)
    await fetch(`${other.url}/whoami`)
    const before = folders()
    expect(await other.end(signal)).toEqual({ code: 0, signal: null })
    expect(folders()).toHaveLength(before.length - 1)
  })

  test('is clean while a client reads a stream and a worker is at work', async () => {
    const other = await startFlights(folder)
    const stream = await fetch(`${other.url}/flights?minDelay=-1000`)
    const reader = stream.body?.getReader()
    await reader?.read()
    const working = fetch(`${other.url}/delays`).catch(() => 'cut off')
    await fetch(`${other.url}/lag`)
    expect(await other.end('SIGTERM')).toEqual({ code: 0, signal: null })
    await working
    await reader?.cancel().catch(() => {})
  })

  test('prints nothing if a client still listens to live events', async () => {
    const other = await startFlights(folder)
    const live = await fetch(`${other.url}/live`)
    await live.body?.getReader().read()
    const before = other.output()
    expect(await other.end('SIGINT')).toEqual({ code: 0, signal: null })
    expect(other.output()).toBe(before)
  })

  test('is clean while the flights are being loaded, and the next start has all of them', async () => {
    expect(early.ended).toEqual({ code: 0, signal: null })
    expect(early.output).not.toContain('listening')
    const rows = (await (await fetch(`${server.url}/delays`)).json()) as { flights: number }[]
    expect(rows.reduce((sum, row) => sum + row.flights, 0)).toBe(200_000)
    expect(await server.end('SIGINT')).toEqual({ code: 0, signal: null })
  })
})
