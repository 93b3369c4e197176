import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { outsideOfNpm } from '../environment.js'
import { readManifest, root } from '../workspace.js'

/** Packs every package as it would be published, once for all tests. */
export default async function pack({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-projects-'))
  const pnpm = readManifest('.').packageManager ?? 'pnpm'
  const args = ['--yes', pnpm, '--filter', './packages/*', 'pack', '--pack-destination', folder]
  await promisify(execFile)('npx', args, { cwd: root, env: outsideOfNpm })
  provide('tarballs', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
