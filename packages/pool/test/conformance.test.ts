import { conformanceCases } from '@bridge/core/testing'
import { createPool, loop } from '@bridge/pool'
import { describe, it } from 'vitest'

describe('the conformance suite on a pool', () => {
  const pool = createPool({ maxThreads: 2 })
  for (const { name, run } of conformanceCases(pool)) it(name, () => run(pool))
})

describe('the conformance suite on the loop', () => {
  // It is shared, so it takes calls again after close(); a test of its own says so.
  const cases = conformanceCases(loop).filter(({ name }) => !name.startsWith('close()'))
  for (const { name, run } of cases) it(name, () => run(loop))
})
