import { heldFunctions } from './operations/callbacks.js'
import { openSenders } from './operations/streams.js'
import type { Site } from './site.js'

/** The state when nothing runs and everything that can be released has been. */
export interface Vitals {
  /** Megabytes of heap. */
  readonly heap: number
  /** Active resources by their kind. */
  readonly resources: string
  /** The number of pool threads in the whole process. */
  readonly threads: number
  /** The statistics of the pools. */
  readonly stats: string
  /** The number of objects that threads still hold. */
  readonly things: number
  /** The number of passed functions that are still referenced. */
  readonly functions: number
  /** The number of sent streams that were not stopped. */
  readonly senders: number
  /** Megabytes of heap of the largest thread, on the pool whose threads do not end. */
  readonly threadHeap: number
  /** The maximum number of active resources of a thread. */
  readonly threadResources: number
}

const MEGABYTE = 1024 * 1024
const collect = (globalThis as { gc?: () => void }).gc

/** How often it checks again before the state counts as final. */
const LOOKS = 100

/**
 * The state of all sites, as soon as everything that can be released has been, or else after some time: on a busy machine a
 * thread takes time to end. With `before`, waits for everything that was added since.
 */
export async function vitalsOf(sites: readonly Site[], before: Vitals | undefined): Promise<Vitals> {
  for (let look = 0; ; look++) {
    const vitals = await lookAt(sites)
    const isSettled = before === undefined ? isAtRest(vitals, sites) : grown(before, vitals).length === 0
    if ((isSettled && look > 2) || look === LOOKS) return vitals
  }
}

/** Whether nothing is pending: no thread is about to end, no timer to fire, nothing to be released. */
function isAtRest(
  { things, senders, functions, threads, resources }: Vitals,
  sites: readonly Site[]
): boolean {
  const all = sites.map(({ executor }) => executor.stats())
  const isBusy = all.some(({ queued, running, streams }) => queued + running + streams > 0)
  const own = all.reduce((sum, stats) => sum + stats.threads, 0)
  const isOver = threads === own && !isBusy && !/Timeout|Immediate/.test(resources)
  return isOver && things === 0 && senders === 0 && functions <= threads
}

async function lookAt(sites: readonly Site[]): Promise<Vitals> {
  for (let turn = 0; turn < 4; turn++) {
    collect?.()
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  const threads = await Promise.all(sites.map(threadsOf))
  const all = threads.flat()
  const lasting = threads.filter((_, n) => sites[n]?.isWild === false).flat()
  const megabytes = (bytes: number): number => Math.round((bytes / MEGABYTE) * 10) / 10
  const stats = sites.map(({ name, executor }) => {
    const { threads: count, queued, running, streams } = executor.stats()
    return `${name} ${count}/${queued}/${running}/${streams}`
  })
  collect?.()
  return {
    heap: megabytes(process.memoryUsage().heapUsed),
    resources: byKind(process.getActiveResourcesInfo()),
    threads: threadsInProcess(),
    stats: stats.join(', '),
    things: all.reduce((sum, { things }) => sum + things, 0),
    functions: heldFunctions(),
    senders: openSenders(),
    threadHeap: megabytes(Math.max(...lasting.map(({ heap }) => heap))),
    threadResources: Math.max(...all.map(({ resources }) => resources))
  }
}

/** The state of each thread of a site. */
async function threadsOf({ executor, calls }: Site) {
  await executor.warmUp()
  const seen = new Map<number, Awaited<ReturnType<typeof calls.vitals>>>()
  const { threads } = executor.stats()
  while (seen.size < threads) {
    for (const one of await Promise.all(Array.from({ length: threads }, () => calls.vitals()))) {
      seen.set(one.threadId, one)
    }
  }
  return [...seen.values()]
}

/** How many threads all pools of this process have, according to their own counts. */
export function threadsInProcess(): number {
  const threadCount = (globalThis as unknown as Record<symbol, [Int32Array] | undefined>)[
    Symbol.for('@bridge/pool/thread-count')
  ]
  if (threadCount === undefined)
    throw new Error('this process has no thread count: has the pool renamed its symbol?')
  return threadCount[0][0] ?? 0
}

export function byKind(resources: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const kind of resources) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')
}

/** The values that have grown although they should not. */
export function grown(before: Vitals, after: Vitals): string[] {
  const found: string[] = []
  const atMost = (name: keyof Vitals, most: number): void => {
    if ((after[name] as number) > most) found.push(`${name} grew from ${before[name]} to ${after[name]}`)
  }
  const same = (name: keyof Vitals): void => {
    if (after[name] !== before[name]) found.push(`${name} changed from ${before[name]} to ${after[name]}`)
  }
  atMost('heap', before.heap * 1.15 + 2)
  atMost('threadHeap', before.threadHeap * 1.15 + 2)
  atMost('things', 0)
  atMost('senders', 0)
  // Each thread keeps the last function that it was given.
  atMost('functions', after.threads)
  atMost('threadResources', before.threadResources)
  same('resources')
  same('threads')
  same('stats')
  return found
}
