import { homedir, tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EncodedError, EncodedThrown } from '@bridge/core/executor'

/** A file with its folders, in a stack or in a message of a loader. */
const IN_STACK = /(?:file:\/\/)?(?:\/[^\s():/]+)+\/([^\s():/]+)(?=:\d)/g

/** The error without folders of this machine: only the names of files are kept. */
export function withoutPaths<T extends EncodedThrown>(thrown: T, module: string): T {
  if (!('error' in thrown)) return thrown
  const roots = [process.cwd(), folderOf(module), homedir(), tmpdir()].filter(root => root.length > 1)
  const hidden = (error: EncodedError): EncodedError => ({
    ...error,
    message: withoutRoots(error.message, roots),
    stack: error.stack === undefined ? undefined : withoutRoots(error.stack.replace(IN_STACK, '$1'), roots)
  })
  return { ...thrown, error: hidden(thrown.error), others: thrown.others.map(hidden) }
}

function withoutRoots(text: string, roots: readonly string[]): string {
  return roots.reduce(
    (shorter, root) => shorter.replaceAll(`file://${root}`, '…').replaceAll(root, '…'),
    text
  )
}

function folderOf(module: string): string {
  try {
    return dirname(fileURLToPath(module))
  } catch {
    return ''
  }
}
