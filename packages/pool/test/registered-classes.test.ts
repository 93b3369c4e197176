import { sendStream } from '@bridge/iter'
import { createLoop, createPool, type Pool } from '@bridge/pool'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Person } from './fixtures/people-class.mjs'
import { runScript } from './helpers.js'

const PEOPLE = new URL('./fixtures/people.mjs', import.meta.url)

describe.each([
  ['a pool', () => createPool({ maxThreads: 1 })],
  ['a loop', () => createLoop()]
])('an instance of a registered class, on %s', (_, start) => {
  let executor: Pick<Pool, 'import' | 'importSync' | 'close'>
  beforeEach(() => {
    executor = start()
  })
  afterEach(() => executor.close())

  const tasks = () => executor.import<typeof import('./fixtures/people.mjs')>(PEOPLE)

  it('is an argument, in the first call, before which its class is not known there', async () => {
    expect(await tasks().upperOf({ person: Person.of('ann') })).toBe('ANN')
    expect(await tasks().upperOf({ person: Person.of('bob') })).toBe('BOB')
  })

  it('is an argument and a result of calls that block, from the first on', () => {
    expect(
      tasks()
        .upperOf({ person: Person.of('ann') })
        .runSync()
    ).toBe('ANN')
    expect(tasks().make('bob').runSync().upper).toBe('BOB')
    expect(executor.importSync<typeof import('./fixtures/people.mjs')>(PEOPLE).make('cid').upper).toBe('CID')
  })

  it('is a result', async () => {
    const made = await tasks().make('ann')
    expect(made).toBeInstanceOf(Person)
    expect(made.upper).toBe('ANN')
  })

  it('is an item of a stream, from either side', async () => {
    const uppers: string[] = []
    for await (const person of tasks().makeAll('ann', 'bob')) uppers.push(person.upper)
    for (const person of tasks().makeAll('cid')) uppers.push(person.upper)
    expect(uppers).toEqual(['ANN', 'BOB', 'CID'])
    const people = [Person.of('dan'), Person.of('eve')]
    expect(await tasks().uppersOf(sendStream(people))).toEqual(['DAN', 'EVE'])
  })

  it('is an argument and a result of a callback', async () => {
    const change = (person: Person) => Person.of(`${person.upper}-${person instanceof Person}`)
    expect(await tasks().through(Person.of('ann'), change)).toBe('ANN-TRUE')
    expect(await tasks().throughLater(Person.of('bob'), async person => change(person))).toBe('BOB-TRUE')
    expect(tasks().through(Person.of('cid'), change).runSync()).toBe('CID-TRUE')
  })
})

describe('an instance of a class that only one thread has registered', () => {
  const script = (body: string) => `
    import { createPool } from '@bridge/pool'
    const pool = createPool({ maxThreads: 1 })
    const { make, upperOf } = pool.import(${JSON.stringify(PEOPLE.href)})
    ${body}
    await pool.close()`

  it('arrives as a plain object, and the receiving thread warns about it', async () => {
    const { stdout, stderr } = await runScript(
      script("console.log(JSON.stringify(await make('ann')), (await make('bob')).upper)")
    )
    expect(stdout).toBe('{"first":"ann"} undefined\n')
    expect(stderr.match(/an instance of Person was received as a plain object/g)).toHaveLength(1)
  })

  it('arrives without a warning in production', async () => {
    const env = { ...process.env, NODE_ENV: 'production' }
    const { stdout, stderr } = await runScript(script("console.log(await make('ann'))"), [], env)
    expect({ stdout, stderr }).toEqual({ stdout: "{ first: 'ann' }\n", stderr: '' })
  })
})

it("crosses by synckit's own way of calling", async () => {
  const { stdout, stderr } = await runScript(`
    process.env.BRIDGE_LOOP = 'synckit'
    const { loop } = await import('@bridge/pool')
    const { Person } = await import('./fixtures/people-class.mjs')
    const { upperOf, make } = loop.importSync(${JSON.stringify(PEOPLE.href)})
    console.log(upperOf({ person: Person.of('ann') }), upperOf({ person: Person.of('bob') }), make('cid').upper)`)
  expect({ stdout, stderr }).toEqual({ stdout: 'ANN BOB CID\n', stderr: '' })
})
