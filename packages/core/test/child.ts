import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** How a process ended, and what it printed. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder inside the package, so that modules in it find the package by name; gone when the test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(fileURLToPath(new URL('.', import.meta.url)), '.scratch-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs a module of this source in a process of its own. */
export function runSource(
  source: string,
  extension: 'mjs' | 'cjs' = 'mjs',
  folder = scratchFolder(),
  flags: readonly string[] = []
): Promise<Ended> {
  const file = join(folder, `main.${extension}`)
  writeFileSync(file, source)
  return runFile(file, {}, flags)
}

/** Runs a file in a process of its own, which has to end by itself. */
export function runFile(
  file: string,
  env: Record<string, string> = {},
  flags: readonly string[] = []
): Promise<Ended> {
  const child = spawn(process.execPath, [...flags, file], {
    env: { PATH: process.env.PATH, ...env },
    timeout: 50_000
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (stderr += text))
  return new Promise(resolve => child.on('close', code => resolve({ code, stdout, stderr })))
}
