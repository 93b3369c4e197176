import { faultCases } from '@bridge/core/testing'
import { createPool } from '@bridge/pool'
import { describe, it } from 'vitest'

describe('the second part of the conformance suite on a pool of one thread', () => {
  const subject = {
    make: () => createPool({ maxThreads: 1 }),
    hasOwnWorker: true,
    hasQueue: true,
    canBlock: true,
    keepsObjects: true
  }
  for (const { name, run } of faultCases(subject)) it(name, run)
})
