import { inline } from '@bridge/core'
import { conformanceCases } from '@bridge/core/testing'
import { describe, expect, test } from 'vitest'
import { ToyExecutor } from './toy-executor.js'

describe.each([inline, new ToyExecutor()])('the conformance suite on $name', executor => {
  for (const { name, run } of conformanceCases(executor)) test(name, () => run(executor))
})

test('the list of cases follows from what the executor can do, and names no case twice', () => {
  for (const canBlock of [true, false]) {
    for (const place of ['here', 'elsewhere'] as const) {
      const names = conformanceCases({ canBlock, place }).map(one => one.name)
      expect(new Set(names).size).toBe(names.length)
      expect(names.some(name => name.startsWith('close()'))).toBe(place === 'elsewhere')
      expect(names.some(name => name.includes('refused, not a hang'))).toBe(!canBlock)
    }
  }
})
