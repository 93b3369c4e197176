import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runSource, scratchFolder } from './child.js'

const CROSS = `
import { decodeThrown, encodeThrown, callerFrames } from '@bridge/core/executor'
import { bridge, inline, BridgeError } from '@bridge/core'
class Mine extends RangeError { name = 'Mine'; code = 'E' }
const sent = encodeThrown(new Mine('x', { cause: new TypeError('y') }))
const arrived = decodeThrown(structuredClone(sent), callerFrames())
const own = await bridge(() => { throw new Mine('own') })().catch(error => error)
const ours = await inline.import(new URL('./none.mjs', import.meta.url)).nothing().catch(error => error)
console.log(arrived instanceof RangeError, arrived.name, arrived.code, arrived.cause.message, own.message, ours instanceof BridgeError)
`

test('errors arrive as themselves where Error is frozen', async () => {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'freeze.mjs'), 'Object.freeze(Error); Object.freeze(Error.prototype)')
  const { stdout, stderr } = await runSource(`import './freeze.mjs'\n${CROSS}`, 'mjs', folder)
  expect(stderr).toBe('')
  expect(stdout).toBe('true Mine E y own true\n')
})

test('errors arrive as themselves with --frozen-intrinsics', async () => {
  const { stdout } = await runSource(CROSS, 'mjs', undefined, ['--frozen-intrinsics'])
  expect(stdout).toBe('true Mine E y own true\n')
})
