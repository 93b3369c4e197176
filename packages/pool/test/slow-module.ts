import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export type Slow = typeof import('./fixtures/slow-import.mjs')

/** A module that loads when its gate is opened. */
export function slowModule(how: string) {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-imports-'))
  const gate = join(folder, 'gate')
  const open = (): void => writeFileSync(gate, '')
  onTestFinished(() => {
    open()
    rmSync(folder, { recursive: true })
  })
  const url = new URL(`./fixtures/slow-import.mjs?gate=${encodeURIComponent(gate)}${how}`, import.meta.url)
  return { url, open }
}
