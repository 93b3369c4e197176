import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folders } from '../folders.js'

/** The tables of `bench --markdown`, from a report of `bench --json`. */
export function tablesOf(file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-docs-'))
  try {
    const tables = join(folder, 'tables.md')
    writeFileSync(tables, '<!-- bench:start -->\n<!-- bench:end -->\n')
    const bench = join(folders.repository, 'apps/bench/dist/main.js')
    execFileSync(process.execPath, [bench, '--from', join(folders.repository, file), '--markdown', tables])
    // Above the first table, each line is a separate statement.
    const [above = '', ...rest] = readFileSync(tables, 'utf8')
      .replaceAll(/<!--.*?-->/g, '')
      .split(/\n(?=\|)/)
    return [above.trim().replaceAll(/^/gm, '- '), '', ...rest].join('\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
