import { memory } from '@bridge/cluster'
import { engineCases } from '@bridge/cluster/testing'
import { describe, expect, it } from 'vitest'

describe('memory()', () => {
  for (const { name, run } of engineCases(memory)) it(name, run)

  it('connects the connections of one engine, and no others', async () => {
    const events = { onFrame: () => {}, onStatus: () => {} }
    const [one, other] = [memory(), memory()]
    const worker = await one.connect(events)
    await worker.take(['tasks'], 1, () => {})
    const [near, far] = [await one.connect(events), await other.connect(events)]
    expect(await near.hasWorkers('tasks')).toBe(true)
    expect(await far.hasWorkers('tasks')).toBe(false)
    await Promise.all([worker, near, far].map(connection => connection.close()))
  })

  it('gives each call to the worker with the most room', async () => {
    const events = { onFrame: () => {}, onStatus: () => {} }
    const engine = memory()
    const [caller, small, large] = await Promise.all([1, 2, 3].map(() => engine.connect(events)))
    const took: string[] = []
    const all = new Promise<void>(resolve => {
      const take = (name: string) => () => {
        took.push(name)
        if (took.length === 4) resolve()
      }
      void small!.take(['tasks'], 1, take('small'))
      void large!.take(['tasks'], 3, take('large'))
    })
    for (const id of ['1', '2', '3', '4']) {
      caller!.send({ queue: 'tasks', id, frame: new Uint8Array(1), priority: 0 }, () => {})
    }
    await all
    expect(took.slice(0, 2)).toEqual(['large', 'large'])
    await Promise.all([caller, small, large].map(connection => connection!.close()))
  })
})
