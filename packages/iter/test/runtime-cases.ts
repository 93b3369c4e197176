import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { type Runtime, runOn } from '../../../tools/runtimes.js'

const SCRIPT = fileURLToPath(new URL('./fixtures/runtimes/run.mjs', import.meta.url))

/** Runs a case of a group on a runtime, in its own process, which has to end by itself. */
export async function holds(runtime: Runtime, group: string, name: string): Promise<void> {
  expect(await runOn(runtime, SCRIPT, [group, name])).toEqual({ code: 0, stdout: 'held\n', stderr: '' })
}
