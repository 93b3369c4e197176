import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the ESM and the CommonJS copy of the package see the same values', () => {
  const script = fileURLToPath(new URL('./fixtures/two-copies.mjs', import.meta.url))
  const output = execFileSync(process.execPath, [script], { encoding: 'utf8' })
  expect(JSON.parse(output)).toEqual({ twoCopies: true, seen: [true, true] })
})
