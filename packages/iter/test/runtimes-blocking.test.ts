import { describe, it } from 'vitest'
import { runtimes } from '../../../tools/runtimes.js'
import { blockingCases, mixedCases, refusedCases } from './fixtures/runtimes/blocking-cases.mjs'
import { holds } from './runtime-cases.js'

describe.each(runtimes)('on $name', runtime => {
  describe('a blocking for', () => {
    it.each(Object.keys(blockingCases))('%s', name => holds(runtime, 'blocking', name))

    if (runtime.name === 'deno')
      it.each(Object.keys(refusedCases))('%s', name => holds(runtime, 'refused', name))
    else it.each(Object.keys(mixedCases))('%s', name => holds(runtime, 'mixed', name))
  })
})
