import { createPool, type PoolOptions } from '@bridge/pool'
import { onTestFinished } from 'vitest'
import { threadEvents, thrown } from './helpers.js'

export type Faults = typeof import('./fixtures/faults.mjs')

export const FAULTS = new URL('./fixtures/faults.mjs', import.meta.url)

let pools = 0

/** A pool of one thread unless told otherwise, with what can go wrong there and what its threads tell. */
export function failing(options: PoolOptions = {}) {
  const name = `faults ${++pools}`
  const pool = createPool({
    name,
    maxThreads: 1,
    killGrace: 30,
    resourceLimits: { maxOldGenerationSizeMb: 24 },
    ...options
  })
  onTestFinished(() => pool.close({ drain: false }))
  return {
    pool,
    threads: threadEvents(name),
    tasks: pool.import<Faults>(FAULTS),
    plain: pool.importSync<Faults>(FAULTS)
  }
}

export type Failing = ReturnType<typeof failing>

/** What something ended by, an error or not. */
export async function reasonOf(run: () => unknown): Promise<unknown> {
  try {
    await run()
  } catch (reason) {
    return reason
  }
  throw new Error('it did not fail')
}

async function consume(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

/** Each way to a task that ends its thread: the fault is named, and what it ended by is given. */
export const paths: readonly (readonly [
  path: string,
  run: (failing: Failing, fault: string) => unknown | Promise<unknown>
])[] = [
  ['an awaited call', ({ tasks }, fault) => reasonOf(() => tasks.fault(fault))],
  ['a blocking call', ({ plain }, fault) => thrown(() => plain.fault(fault))],
  ['a future', ({ tasks }, fault) => thrown(() => tasks.fault(fault).start().waitSync())],
  ['a stream', ({ tasks }, fault) => reasonOf(() => consume(tasks.faultAfterOne(fault)))],
  ['a blocking stream', ({ plain }, fault) => thrown(() => [...plain.faultAfterOne(fault)])],
  ['a method', ({ tasks }, fault) => reasonOf(() => new tasks.Faulty().fault(fault))],
  ['a blocking method', ({ tasks }, fault) => thrown(() => new tasks.Faulty().fault(fault).runSync())],
  ['a constructor', ({ tasks }, fault) => reasonOf(() => new tasks.Faulty(fault).use())],
  ['a callback before', ({ tasks }, fault) => reasonOf(() => tasks.faultAfterCallback(fault, () => 1))],
  [
    'a callback before, blocking',
    ({ plain }, fault) => thrown(() => plain.faultAfterCallback(fault, () => 1))
  ],
  [
    'a callback that is pending',
    ({ tasks }, fault) => reasonOf(() => tasks.faultDuringCallback(fault, () => new Promise(() => {})))
  ],
  ['notes', ({ tasks }, fault) => reasonOf(() => tasks.faultAfterNotes(fault, 3, () => {}))]
]

/** What ends a thread, and what its error says of it. */
export const threadFaults: readonly (readonly [fault: string, why: string])[] = [
  ['process.exit(0)', 'exited with code 0'],
  ['process.exit(1)', 'exited with code 1'],
  ['an uncaught error', 'uncaught TypeError: not caught'],
  ['an unhandled rejection', 'uncaught TypeError: not handled'],
  ['an uncaught undefined', 'uncaught undefined'],
  ['want of memory', 'memory']
]
