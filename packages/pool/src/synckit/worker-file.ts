import { statSync } from 'node:fs'
import { extname, sep } from 'node:path'
import type { TsRunner } from './options.js'

/**
 * The actual file: outside of packages a worker may be named without its extension, or by the name of its compiled file
 * if its source is in the same folder.
 */
export function workerFile(path: string): string {
  const [, module] = /^(?:|\.([cm]?)js)$/.exec(extname(path)) ?? []
  const isMeant = /^(|\.[cm]?js)$/.test(extname(path)) && !path.includes(`${sep}node_modules${sep}`)
  if (!isMeant) return path
  const stem = path.slice(0, path.length - extname(path).length)
  const candidates = ['ts', 'js'].map(end => `${stem}.${module ?? ''}${end}`)
  return candidates.find(isFile) ?? path
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

/** The Node flags for each runner; our own loading does what Bun, and tsx in its threads, need. */
const FLAGS: Readonly<Record<TsRunner, readonly string[]>> = {
  node: ['--experimental-strip-types'],
  bun: [],
  tsx: [],
  oxc: ['--import', '@oxc-node/core/register'],
  swc: ['--import', '@swc-node/register/esm-register'],
  'ts-node': ['--require', 'ts-node/register'],
  'esbuild-register': ['--require', 'esbuild-register'],
  'esbuild-runner': ['--require', 'esbuild-runner/register']
}

/** How a worker that is TypeScript is loaded. */
export interface Loading {
  readonly flags: readonly string[]
  /** Whether the runner only supports `require`. */
  readonly isRequired: boolean
}

/** How a worker is loaded by a runner; `undefined` if there is no runner of this name. */
export function loadingBy(runner: string | undefined, file: string): Loading | undefined {
  if (runner === undefined || !/\.[cm]?tsx?$/.test(file)) return { flags: [], isRequired: false }
  if (!Object.hasOwn(FLAGS, runner)) return undefined
  const flags = runner === 'node' && stripsTypes() ? [] : FLAGS[runner as TsRunner]
  return { flags, isRequired: flags[0] === '--require' }
}

function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript)
}
