import { faultCases } from '@bridge/core/testing'
import { describe, expect, it } from 'vitest'
import { type Fault, WorkerExecutor } from './worker-executor.js'

/** The first case whose name has `words`, on an executor with a fault, and the message that it fails with. */
async function failureOf(fault: Fault, words: string): Promise<string> {
  const subject = {
    make: () => new WorkerExecutor(fault),
    hasOwnWorker: true,
    hasQueue: true,
    patience: 3_000
  }
  const found = faultCases(subject).find(({ name }) => name.includes(words))
  try {
    await found?.run()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing failed'
}

// Each waits for the patience of the suite.
describe.concurrent('the second part of the conformance suite fails for an executor', () => {
  it.each([
    [
      'process.exit(0) fails the call that runs',
      'the call that is awaited and ends by process.exit(0) did not settle'
    ],
    [
      'an uncaught error ends the stream under way',
      'the stream of a worker that ends by an uncaught error did not settle'
    ],
    ['in the next tick after it has answered', 'did not settle'],
    ['close() settles while', 'close() did not settle']
  ])('that discards the calls of a worker that ended: %s', async (words, message) => {
    expect(await failureOf('forgets lost calls', words)).toMatch(message)
  })

  it('that discards calls which are cancelled while they wait', async () => {
    expect(await failureOf('forgets cancelled calls', 'settles at once, never runs')).toBe(
      'the waiting call that ended by its signal did not settle within 3000 ms'
    )
  })

  it('that discards an answer which can not be sent', async () => {
    expect(await failureOf('loses answers', 'an answer that can not be sent')).toBe(
      'a call that answers with a WeakMap did not settle within 3000 ms'
    )
  })

  it('whose creation never ends', async () => {
    const make = () => new Promise<never>(() => {})
    await expect(faultCases({ make, patience: 50 })[0]?.run()).rejects.toThrow(
      'make() did not settle within 50 ms'
    )
  })
})
