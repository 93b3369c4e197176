import { inline } from '@bridge/core'
import { conformanceCases } from '@bridge/core/testing'
import { describe, test } from 'vitest'

describe('inline', () => {
  for (const { name, run } of conformanceCases(inline)) test(name, () => run(inline))
})
