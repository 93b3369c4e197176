import { faultCases } from '@bridge/core/testing'
import { describe, expect, it } from 'vitest'
import { ToyExecutor } from './toy-executor.js'
import { WorkerExecutor } from './worker-executor.js'

describe('the second part of the conformance suite on a toy, which has no worker', () => {
  for (const { name, run } of faultCases({ make: () => new ToyExecutor() })) it(name, run)
})

describe('the second part of the conformance suite on a thread with a queue', () => {
  const subject = { make: () => new WorkerExecutor(), hasOwnWorker: true, hasQueue: true }
  for (const { name, run } of faultCases(subject)) it(name, run)
})

describe('faultCases()', () => {
  it('gives the cases that follow from what the subject can do, and names none twice', () => {
    const make = () => new ToyExecutor()
    const namesOf = (more: object): string[] => faultCases({ make, ...more }).map(({ name }) => name)
    const all = namesOf({ hasOwnWorker: true, hasQueue: true, canBlock: true, keepsObjects: true })
    expect(new Set(all).size).toBe(all.length)
    const has = (names: string[], words: string): boolean => names.some(name => name.includes(words))
    expect(has(namesOf({ hasOwnWorker: true }), 'process.exit')).toBe(true)
    expect(has(namesOf({ hasOwnWorker: true }), 'priority')).toBe(false)
    expect(has(namesOf({ hasQueue: true }), 'priority')).toBe(true)
    expect(has(namesOf({ hasQueue: true, canBlock: true }), 'block')).toBe(false)
    expect(has(namesOf({}), 'process.exit')).toBe(false)
    for (const names of [namesOf({}), namesOf({ hasQueue: true })])
      expect(all).toEqual(expect.arrayContaining(names))
  })

  it.each([[undefined], [{}], [{ make: 1 }], [{ make: () => new ToyExecutor(), patience: -1 }]])(
    'refuses a subject that makes nothing: %o',
    subject => {
      expect(() => faultCases(subject as never)).toThrow(
        expect.objectContaining({ code: 'BRIDGE_INVALID_ARGUMENT' })
      )
    }
  )
})
