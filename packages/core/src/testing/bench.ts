import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Executor } from '../executor/executor.js'
import type { Remote, RemoteSync } from '../types.js'
import type * as tasks from './tasks.js'

/** The abilities that decide which cases an executor must pass. */
export type Abilities = Pick<Executor, 'canBlock' | 'place' | 'keepsObjects'>

/** One thing an executor must do. `run` rejects when it does not. */
export interface ConformanceCase {
  /** A sentence for the test's name. */
  readonly name: string
  run(executor: Executor): Promise<void>
}

/** What a case may use. */
export interface Bench {
  readonly executor: Executor
  readonly tasks: Remote<typeof tasks>
  readonly blocking: RemoteSync<typeof tasks>
  /** A path in a folder that belongs to this case; with `content`, of a file with that content. */
  file(name: string, content?: string): string
  /** A module that belongs to this case. */
  module(name: string, source: string): URL
  /** The lines that tasks wrote into a file. */
  lines(file: string): string[]
  /** An object that is disposed of when the case has run. */
  held<T extends AsyncDisposable>(object: T): T
  /** Waits until a task has written this line. */
  written(file: string, line: string): Promise<void>
}

/** The module of tasks, in the build that this suite was loaded from. */
export const tasksUrl = new URL(`./tasks${extname(import.meta.url)}`, import.meta.url)

const PATIENCE = 10_000

/** Names a case, and gives it a bench that is removed after it has run. */
export function defineCase(
  name: string,
  body: (bench: Bench) => Promise<void> | void,
  patience = PATIENCE
): ConformanceCase {
  return {
    name,
    async run(executor) {
      const folder = mkdtempSync(join(tmpdir(), 'bridge-conformance-'))
      const objects: AsyncDisposable[] = []
      try {
        await body(openBench(executor, folder, objects, patience))
      } finally {
        await Promise.all(objects.map(object => object[Symbol.asyncDispose]()))
        rmSync(folder, { recursive: true, force: true })
      }
    }
  }
}

function openBench(executor: Executor, folder: string, objects: AsyncDisposable[], patience: number): Bench {
  const file = (name: string, content?: string): string => {
    const path = join(folder, name)
    if (content !== undefined) writeFileSync(path, content)
    return path
  }
  const lines = (path: string): string[] => {
    try {
      return readFileSync(path, 'utf8').split('\n').filter(Boolean)
    } catch {
      return []
    }
  }
  return {
    executor,
    tasks: executor.import<typeof tasks>(tasksUrl),
    blocking: executor.importSync<typeof tasks>(tasksUrl),
    file,
    module: (name, source) => pathToFileURL(file(name, source)),
    lines,
    held(object) {
      objects.push(object)
      return object
    },
    async written(path, line) {
      const limit = Date.now() + patience
      while (!lines(path).includes(line)) {
        if (Date.now() > limit) throw new Error(`no task wrote '${line}' within ${patience} ms`)
        await delay(2)
      }
    }
  }
}

/** What `act` throws or rejects with, which may be `undefined` too. */
export async function thrownBy(act: () => unknown): Promise<unknown> {
  try {
    await act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** All items of an async iterable, and how it ended. */
export async function collect<T>(
  items: AsyncIterable<T>
): Promise<{ items: T[]; end: string; error?: unknown }> {
  const seen: T[] = []
  try {
    for await (const item of items) seen.push(item)
    return { items: seen, end: 'done' }
  } catch (error) {
    return { items: seen, end: 'thrown', error }
  }
}

/** The same for a blocking `for`. */
export function collectSync<T>(items: Iterable<T>): { items: T[]; end: string; error?: unknown } {
  const seen: T[] = []
  try {
    for (const item of items) seen.push(item)
    return { items: seen, end: 'done' }
  } catch (error) {
    return { items: seen, end: 'thrown', error }
  }
}
