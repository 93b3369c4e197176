import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionEvents, createCluster, type Engine, memory, serve } from '@bridge/cluster'
import { expect, test } from 'vitest'
import { ScratchPackage } from './workers.js'

/** The kind of the frame in which a worker reports which calls it does not have. */
const PONG = 21

/** The same engine, with a callback for each frame that a connection gets. */
function watched(engine: Engine, onFrame: (kind: number) => void): Engine {
  return {
    ...engine,
    name: engine.name,
    honours: engine.honours,
    recipe: undefined,
    connect: (events: ConnectionEvents) =>
      engine.connect({
        onStatus: isUp => events.onStatus(isUp),
        onFrame(frame) {
          onFrame(frame[2] as number)
          events.onFrame(frame)
        }
      })
  }
}

const TASKS = `
  import { existsSync } from 'node:fs'
  export function* rows(count) { for (let id = 0; id < count; id++) yield { id } }
  export async function hold(file) {
    while (!existsSync(file)) await new Promise(resolve => setTimeout(resolve, 5))
  }`

interface Tasks {
  rows(count: number): Generator<{ id: number }>
  hold(file: string): Promise<void>
}

test('a stream that has arrived completely is read to its end, however slowly, after its worker has discarded it', async () => {
  using scratch = new ScratchPackage()
  const file = join(scratch.folder, 'released')
  const module = scratch.module('tasks.js', TASKS)
  const engine = memory()
  let answers = 0
  await using _worker = await serve({ engine, modules: [module], pool: { maxThreads: 2 } })
  await using cluster = createCluster({
    engine: watched(engine, kind => {
      if (kind === PONG) answers++
    })
  })
  const { rows, hold } = cluster.import<Tasks>(module)
  const iterator = rows(5000)[Symbol.asyncIterator]()
  expect((await iterator.next()).value).toEqual({ id: 0 })
  // While another call is pending, the worker is asked repeatedly about all calls of the caller.
  const held = hold(file).start()
  await expect.poll(() => answers, { timeout: 20_000, interval: 5 }).toBeGreaterThanOrEqual(3)
  writeFileSync(file, '')
  await held
  let count = 1
  for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) count++
  expect(count).toBe(5000)
})
