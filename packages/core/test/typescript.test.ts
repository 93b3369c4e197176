import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Ended, runFile, runSource } from './child.js'

const fixtures = fileURLToPath(new URL('./fixtures/typescript', import.meta.url))
const host = import.meta.resolve('@bridge/core/host')
const stripsTypes = Boolean((process.features as { typescript?: string | false }).typescript)

const script = (module: string) => `
  import { runTask } from '${host}'
  const outcome = await runTask({ name: 'hello', module: '${module}', args: ['you'] }).outcome
  console.log(JSON.stringify(outcome.type === 'error' ? outcome.error.error.message : outcome.value))`

/** Runs the fixture's task from a folder without tsx. */
async function withoutTsx(module: string): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-typescript-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(fixtures, folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const main = join(folder, 'main.mjs')
  writeFileSync(main, script(pathToFileURL(join(folder, module)).href))
  return runFile(main)
}

describe.each(['tasks.ts', 'tasks.js'])(
  'a task module in TypeScript, named as ./%s, which imports another as ./x.js',
  module => {
    test('runs, by Node itself or by the tsx that is beside it', async () => {
      const { code, stdout } = await runSource(script(pathToFileURL(join(fixtures, module)).href))
      expect({ code, stdout }).toEqual({ code: 0, stdout: '{"text":"hello you"}\n' })
    })

    test('without tsx runs if Node strips types, and otherwise names both alternatives', async () => {
      const { stdout } = await withoutTsx(module)
      if (stripsTypes) expect(stdout).toBe('{"text":"hello you"}\n')
      else expect(stdout).toMatch(/tasks\.ts is TypeScript.*install tsx.*Node 22\.18 or newer/)
    })
  }
)
