import { spawn } from 'node:child_process'
import diagnostics from 'node:diagnostics_channel'
import { fileURLToPath } from 'node:url'
import type { StreamCall } from '@bridge/core'
import { createPool, type PoolOptions, type ThreadTrace } from '@bridge/pool'
import { onTestFinished } from 'vitest'

export type Tasks = typeof import('./fixtures/tasks.mjs')

export const TASKS = new URL('./fixtures/tasks.mjs', import.meta.url)

type AnyCall = StreamCall<number> & { runSync(): never }

/** A pool that is closed when the test ends, the fixture's tasks on it, and a way to call one by its name. */
export function pooled(options: PoolOptions = {}) {
  const pool = createPool({ maxThreads: 2, ...options })
  onTestFinished(() => pool.close({ drain: false }))
  const tasks = pool.import<Tasks>(TASKS)
  const byName = tasks as unknown as Record<string, (...args: unknown[]) => AnyCall>
  return {
    pool,
    tasks,
    call: (name: string, ...args: unknown[]) => (byName[name] as () => AnyCall)(...(args as []))
  }
}

/**
 * Calls a function until the pool must take it for one that runs shortly: it halves what it expects by each quick run, and
 * no run is longer than its caller waits for it. On a busy machine some are slow, and then it expects that.
 */
export async function quicken(call: () => PromiseLike<unknown>): Promise<void> {
  for (let expected = 1000; expected > 1.2; ) {
    const began = performance.now()
    await call()
    const took = performance.now() - began
    expected = Math.max(took, (expected + took) / 2)
  }
}

/** What a promise rejected with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('it did not reject')
}

/** What a function threw. */
export function thrown(run: () => unknown): Error & Record<string, unknown> {
  try {
    run()
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('it did not throw')
}

/** Runs a script of ES module source in a process of its own, which must end by itself. */
export function runScript(
  source: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env
) {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const child = spawn(process.execPath, [...args, '--input-type=module', '-e', source], { cwd, env })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}

/** What holds a task on its thread until the test lets it go. */
export interface Latch {
  readonly word: Int32Array<SharedArrayBuffer>
  open(): void
}

export function latch(): Latch {
  const word = new Int32Array(new SharedArrayBuffer(8))
  const open = (): void => {
    Atomics.store(word, 0, 1)
    Atomics.notify(word, 0)
  }
  onTestFinished(open)
  return { word, open }
}

/** The events of the channel of threads for one pool while a test runs. */
export function threadEvents(pool: string) {
  const events: ThreadTrace[] = []
  const waiting: (() => void)[] = []
  const listen = (message: unknown): void => {
    const trace = message as ThreadTrace
    if (trace.pool !== pool) return
    events.push(trace)
    for (const look of [...waiting]) look()
  }
  diagnostics.subscribe('bridge:pool:thread', listen)
  onTestFinished(() => {
    diagnostics.unsubscribe('bridge:pool:thread', listen)
  })
  const countOf = (event: string): number => events.filter(trace => trace.event === event).length
  return {
    events,
    get started() {
      return countOf('started')
    },
    /** Resolves when so many threads have ended. */
    ended: (count: number) =>
      new Promise<void>(resolve => {
        const look = (): void => {
          if (countOf('ended') >= count) resolve()
        }
        waiting.push(look)
        look()
      })
  }
}
