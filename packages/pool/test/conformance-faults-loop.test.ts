import { faultCases } from '@bridge/core/testing'
import { loop } from '@bridge/pool'
import { describe, it } from 'vitest'

describe('the second part of the conformance suite on the loop', () => {
  // It runs calls side by side, and starts again after close(): each case has a fresh thread of it.
  const subject = { make: () => loop, hasOwnWorker: true, canBlock: true, keepsObjects: true }
  for (const { name, run } of faultCases(subject)) it(name, run)
})
