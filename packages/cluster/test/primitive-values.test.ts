import { type Cluster, createCluster, memory, serve, type Worker } from '@bridge/cluster'
import { NotCloneableError } from '@bridge/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TASKS, type Tasks } from './cluster-bench.js'

describe('primitive values cross as they are', () => {
  let worker: Worker
  let cluster: Cluster
  let echo: (value: unknown) => Promise<unknown>
  let echoAll: (...values: unknown[]) => Promise<unknown>

  beforeAll(async () => {
    const engine = memory()
    worker = await serve({ engine, modules: [TASKS], pool: { maxThreads: 1 } })
    cluster = createCluster({ engine })
    const tasks = cluster.import<Tasks>(TASKS)
    echo = async value => await tasks.echo(value)
    echoAll = async (...values) => await tasks.echoAll(...values)
  })
  afterAll(async () => {
    await cluster.close()
    await worker.close()
  })

  const primitive = fc.oneof(
    fc.constantFrom(
      undefined,
      null,
      true,
      false,
      0,
      -0,
      Number.NaN,
      Infinity,
      -Infinity,
      2 ** 53,
      '',
      '\ud800'
    ),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    // Around the length from which V8's format is used.
    fc.integer({ min: 2040, max: 2056 }).map(length => 'ä'.repeat(length))
  )

  it('alone', async () => {
    await fc.assert(
      fc.asyncProperty(primitive, async value => {
        expect(await echo(value)).toBe(value)
      })
    )
  })

  it('with more bytes than characters', async () => {
    for (const [character, bytes] of [
      ['ä', 2],
      ['€', 3],
      ['\0', 6],
      ['\ud800', 6]
    ] as const) {
      for (const length of [2044, 2046, 2048, 2050, 4096]) {
        const value = character.repeat(length / bytes)
        expect(await echo(value)).toBe(value)
        expect(await echoAll(value, value)).toEqual([value, value])
        expect(await echo(character.repeat(length))).toBe(character.repeat(length))
      }
    }
  })

  it('in lists of arguments and results', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(primitive, { maxLength: 5 }), async values => {
        const echoed = (await echoAll(...values)) as unknown[]
        expect(echoed).toHaveLength(values.length)
        for (const [at, value] of values.entries()) expect(echoed[at]).toBe(value)
      })
    )
  })

  it('with the holes and the named properties of a list', async () => {
    const holes = Object.assign(new Array(3), { 0: 1, 2: 3 })
    const echoed = (await echo(holes)) as unknown[]
    expect([1 in echoed, echoed.length]).toEqual([false, 3])
    const found = /b(?<rest>.*)/.exec('abc')
    expect({ ...((await echo(found)) as object) }).toEqual({ ...found, groups: { rest: 'c' } })
    await expect(echo(new Proxy([1], {}))).rejects.toThrow(NotCloneableError)
    expect(await echo(Object.assign(['a'], { key: 'b' }))).toEqual(Object.assign(['a'], { key: 'b' }))
  })
})
