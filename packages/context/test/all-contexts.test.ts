import { captureContext, restoreContext } from '@bridge/context'
import { parallelMap, runScope } from '@bridge/core'
import { createLoop, createPool, type Pool, read } from '@bridge/pool'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seen, within } from './fixtures/all-contexts.mjs'
import './fixtures/otel-sdk.mjs'

type Tasks = typeof import('./fixtures/all-contexts.tasks.mjs')
type Executor = Pick<Pool, 'import' | 'importSync'>

interface Session {
  session(): Promise<AsyncDisposable & { readonly value: string }>
}

const url = new URL('./fixtures/all-contexts.tasks.mjs', import.meta.url)
const setup = new URL('./fixtures/otel-sdk.mjs', import.meta.url)
const COUNT = 500

let pool: Pool
let another: Pool
let ownLoop: ReturnType<typeof createLoop>
beforeAll(() => {
  const make = () => createPool({ maxThreads: 1, concurrencyPerThread: 3 * COUNT, setup })
  pool = make()
  another = make()
  ownLoop = createLoop({ setup })
})
afterAll(async () => {
  await Promise.all([pool.close({ drain: false }), another.close({ drain: false }), ownLoop.close()])
})

/** Lets all calls continue when `count` have arrived, the last first. */
function barrier(count: number): () => Promise<void> {
  let waiting: (() => void)[] = []
  return () =>
    new Promise(resolve => {
      waiting.unshift(resolve)
      if (waiting.length < count) return
      const all = waiting
      waiting = []
      for (const go of all) setImmediate(go)
    })
}

/** What one request sees along one path: its own id each time. */
type Path = (id: string, on: Paths) => Promise<unknown>

interface Paths {
  readonly tasks: ReturnType<typeof importTasks>
  readonly executor: Executor
  readonly meet: () => Promise<void>
  readonly count: number
}

const importTasks = (executor: Executor) => executor.import<Tasks>(url)

const paths: Record<string, Path> = {
  awaited: async (_, { tasks, count }) => [
    await tasks.seen(),
    await tasks.seenLater(count),
    await tasks.seen()
  ],
  blocking: async (_, { tasks, executor, meet }) => {
    const ofPool = [tasks.seen().runSync(), tasks.seenLater(1).runSync()]
    await meet()
    return [ofPool, executor.importSync<Tasks>(url).seen(), seen()]
  },
  'blocking on the loop': async () => [ownLoop.importSync<Tasks>(url).seenLater(1), seen()],
  futures: async (_, { tasks, meet }) => {
    const futures = [tasks.seen().start(), tasks.seenLater(1).start()]
    await meet()
    return [await futures[1], futures[0]?.waitSync(), seen()]
  },
  'parallel maps': async (_, { tasks }) =>
    parallelMap([1, 2, 3], n => (n === 2 ? tasks.seenLater(1) : tasks.seen()), { concurrency: 2 }),
  objects: async (id, { tasks, meet }) => {
    const made = new tasks.Seer()
    await meet()
    const found = [await made.made(), await made.seen(), await made.seenLater(), made.seen().runSync()]
    const now = await read(made, 'now')
    await meet()
    await made[Symbol.asyncDispose]()
    return [found, now, await tasks.closedIn(id)]
  },
  callbacks: async (_, { tasks, meet, count }) => {
    const ofCallbacks = await tasks.callBack(async () => {
      const before = seen()
      await meet()
      return [before, seen(), await tasks.seenLater(count)]
    })
    return [ofCallbacks, tasks.callBack(() => seen()).runSync()]
  },
  'kept callbacks': async (id, { tasks, meet }) => {
    await tasks.keep(id, () => seen())
    await meet()
    return tasks.callKept(id)
  },
  'steps of streams, their finally, and callbacks inside of them': async (id, { tasks, meet, count }) => {
    const found: unknown[] = []
    for await (const step of tasks.steps(50)) {
      found.push(step, seen())
      if (found.length === 8) break
      await meet()
    }
    found.push(await tasks.closedIn(id))
    for await (const step of tasks.stepsLater(3, count)) found.push(step, seen())
    for await (const step of tasks.callBackOften(2, () => seen())) found.push(step)
    for (const step of tasks.steps(2)) found.push(step, seen())
    return found
  },
  'a stream that is read elsewhere': async (id, { tasks, meet }) => {
    const stream = await tasks.steps(40)
    await meet()
    const found: unknown[] = []
    await within(`reader of ${id}`, async () => {
      for await (const step of stream) found.push(step)
    })
    return [...new Set(found), await tasks.closedIn(id)]
  },
  'abort listeners': async (id, { tasks, meet }) => {
    const controller = new AbortController()
    const call = runScope({ signal: controller.signal }, () => tasks.seenAtAbort())
    call.catch(() => {})
    await tasks.seen()
    await meet()
    within('who aborts', () => controller.abort())
    await call.catch(() => {})
    let closed: unknown
    while (closed === undefined) closed = await tasks.closedIn(id)
    return closed
  },
  resources: async (id, { tasks, meet }) => {
    const held = await (tasks as unknown as Session).session()
    await meet()
    const inside = [held.value, seen(), await tasks.seen()]
    await held[Symbol.asyncDispose]()
    return [inside, await tasks.closedIn(id)]
  },
  'nested calls, from worker to worker': async (_, { tasks }) => tasks.nested(url.href, setup.href),
  'what a task leaves behind': async (id, { tasks, meet }) => {
    await tasks.leave()
    await meet()
    return tasks.whatWasLeft(id)
  },
  emitters: async (id, { tasks, meet, count }) => {
    const listening = tasks.listen()
    listening.catch(() => {})
    await tasks.seen()
    await meet()
    if (id === '0') {
      while ((await tasks.listening()) < count) await tasks.seen()
      await within('who emits', () => tasks.emit())
    }
    return listening
  },
  "a queue's job": async (_, { tasks, meet }) => {
    const json = JSON.stringify(captureContext())
    await meet()
    const job = within('the queue', () => restoreContext(JSON.parse(json)).run(() => tasks.seen()))
    return [await job, restoreContext(JSON.parse(json)).run(seen)]
  },
  'after enterWith in another task': async (_, { tasks, meet }) => {
    const before = await tasks.enterAnother()
    await meet()
    return [before, await tasks.seen(), await tasks.seenLater(1), seen()]
  }
}

/** All requests at once along one path. */
async function follow(path: Path, executor: Executor, count = COUNT): Promise<void> {
  const on = { tasks: importTasks(executor), executor, meet: barrier(count), count }
  const ids = Array.from({ length: count }, (_, n) => `${n}`)
  const found = await Promise.all(
    ids.map(id =>
      within(id, async () => {
        await on.meet()
        const own = await path(id, on)
        return [...new Set([own, seen()].flat(Infinity as 1))]
      })
    )
  )
  expect(found).toEqual(ids.map(id => [id]))
}

test.each(Object.entries(paths))(
  '500 requests at once see each its own context: %s',
  async (_, path) => {
    await follow(path, pool)
  },
  60_000
)

test('500 concurrent requests, spread over two pools and pinned threads, each see their own context', async () => {
  const own = pool.pin()
  const path = paths.awaited as Path
  await Promise.all([follow(path, pool, 200), follow(path, another, 200), follow(path, own as never, 100)])
  await own.close()
}, 60_000)

test('requests before, between and after crashes of their thread each see their own context', async () => {
  const path = paths.awaited as Path
  const tasks = importTasks(pool)
  for (let round = 0; round < 3; round++) {
    await follow(path, pool, 100)
    const lost = Array.from({ length: 100 }, (_, n) =>
      within(`lost ${n}`, () => tasks.seenLater(1000).catch(() => seen()))
    )
    await expect(within('who crashes', () => tasks.crash())).rejects.toMatchObject({
      code: 'BRIDGE_WORKER_LOST'
    })
    expect(await Promise.all(lost)).toEqual(lost.map((_, n) => `lost ${n}`))
  }
  await follow(path, pool, 100)
}, 60_000)
