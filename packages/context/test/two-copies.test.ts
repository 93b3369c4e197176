import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** Runs a script of the fixtures in its own process, without vitest's module loading, and returns its output. */
function run(script: string): unknown {
  const file = fileURLToPath(new URL(`./fixtures/${script}`, import.meta.url))
  return JSON.parse(execFileSync(process.execPath, [file], { encoding: 'utf8' }))
}

test('the ESM and the CommonJS copy of the package see the same values', () => {
  expect(run('two-copies.mjs')).toEqual({ twoCopies: true, seen: [true, true] })
})

test('a CommonJS caller reaches ESM tasks in a worker', () => {
  expect(run('commonjs-caller.cjs')).toEqual(['ada', ['ada', 'ada']])
})
