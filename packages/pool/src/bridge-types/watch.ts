import { type FSWatcher, statSync, watch as watchFolder } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'
import { make, write } from './output.js'
import { shown } from './places.js'
import { Refusal } from './refusal.js'
import type { Request } from './request.js'

/** How long a folder must be without changes, in milliseconds: editors write a file in several steps. */
const QUIET = 50

/** Writes the output again whenever one of its sources changes, until the process is ended. */
export function watch(ts: TypeScript, request: Request): void {
  const parsed = new Map<string, ts.SourceFile>()
  const folders = new Map<string, FSWatcher>()
  const changed = new Set<string>()
  let configuration: readonly string[] = []
  let timer: NodeJS.Timeout | undefined

  const again = (): void => {
    const began = Date.now()
    forget()
    const said = outcome()
    // Before the message is printed: its reader may change a file immediately.
    follow(began)
    console.error(said(Date.now() - began))
  }

  const outcome = (): ((ms: number) => string) => {
    try {
      const { text, notes, configuration: files } = make(ts, request, parsed)
      configuration = files
      const how = write(request, text) ? 'written' : 'unchanged'
      return ms => [...notes, `${shown(request.output)} ${how} (${ms} ms)`].join('\n')
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return () => error.message
    }
  }

  /** Discards the parsed files that have changed. */
  const forget = (): void => {
    const isConfiguration = (path: string): boolean => /^(tsconfig|package)\b.*\.json$/.test(basename(path))
    if ([...changed].some(path => isConfiguration(path) || configuration.includes(path))) parsed.clear()
    for (const path of changed) parsed.delete(path)
    changed.clear()
  }

  const note = (path: string): void => {
    if (path === request.output) return
    changed.add(path)
    clearTimeout(timer)
    timer = setTimeout(again, QUIET)
  }

  /** Folders instead of files, since many editors replace the old file by a new one. */
  const follow = (since: number): void => {
    const own = [request.input, ...configuration, ...parsed.keys()].filter(
      path => !path.includes('/node_modules/')
    )
    for (const path of own) {
      const folder = dirname(path)
      if (folders.has(folder)) continue
      followFolder(folder)
      // No event reports changes in the meantime.
      for (const one of own) if (dirname(one) === folder && modified(one) > since) note(one)
    }
  }

  const followFolder = (folder: string): void => {
    const watcher = watchFolder(folder, (_, name) => {
      if (name === null || /\.([cm]?[jt]sx?|json)$/.test(name)) note(join(folder, name ?? '.'))
    })
    // A deleted folder is no longer watched.
    watcher.on('error', () => folders.delete(folder))
    folders.set(folder, watcher)
  }

  const end = (): void => {
    clearTimeout(timer)
    for (const watcher of folders.values()) watcher.close()
  }
  process.once('SIGINT', end)
  process.once('SIGTERM', end)
  follow(Number.POSITIVE_INFINITY)
  again()
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
