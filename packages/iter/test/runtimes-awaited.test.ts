import { describe, it } from 'vitest'
import { runtimes } from '../../../tools/runtimes.js'
import { awaitedCases } from './fixtures/runtimes/awaited-cases.mjs'
import { holds } from './runtime-cases.js'

describe.each(runtimes)('on $name', runtime => {
  describe('an awaited stream', () => {
    it.each(Object.keys(awaitedCases))('%s', name => holds(runtime, 'awaited', name))
  })
})
