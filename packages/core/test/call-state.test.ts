import { bridge, InvalidArgumentError, type StreamCall } from '@bridge/core'
import { describe, expect, test } from 'vitest'
import { turn } from './latch.js'

type Subject = StreamCall<number>

/**
 * Brings a call into each of its states, in an object, because a promise of a call would await it. A generator's call
 * does not start by itself, so a plain function's stands for it.
 */
const STATES: Record<string, () => Promise<{ subject: Subject }>> = {
  created: async () => ({ subject: numbers() }),
  running: async () => {
    const subject = plainNumbers() as unknown as Subject
    await turn()
    return { subject }
  },
  consumed: async () => {
    const subject = numbers()
    await subject
    return { subject }
  },
  iterated: async () => {
    const subject = numbers()
    subject[Symbol.asyncIterator]()
    return { subject }
  },
  disarmed: async () => {
    const subject = numbers()
    subject.with({})
    return { subject }
  }
}

const numbers = bridge(function* numbers() {
  yield 1
})
const plainNumbers = bridge(function numbers() {
  return [1].values()
})

/** Everything that can be done with a call. Each throws or rejects where it is refused. */
const EVENTS: Record<string, (call: Subject) => unknown> = {
  await: call => call,
  'then()': call => call.then(() => {}),
  'catch()': call => call.catch(error => Promise.reject(error)),
  'finally()': call => call.finally(() => {}),
  start: call => call.start(),
  runSync: call => call.runSync(),
  'for await': async call => {
    for await (const _ of call) break
  },
  for: call => {
    for (const _ of call) break
  },
  with: call => call.with({})
}

const CONSUMING = ['await', 'then()', 'catch()', 'finally()', 'start', 'runSync']
const ITERATING = ['for await', 'for']

// biome-ignore format: it reads as a table
const REFUSED: Record<string, Record<string, RegExp>> = {
  created:  {},
  running:  { with: /has started already/ },
  consumed: { ...refusing(ITERATING, /was awaited already/), with: /has started already/ },
  iterated: { ...refusing([...CONSUMING, ...ITERATING], /is being iterated already/), with: /has started already/ },
  disarmed: refusing([...CONSUMING, ...ITERATING], /was replaced by the call that with\(\) returned/),
}

function refusing(events: readonly string[], message: RegExp): Record<string, RegExp> {
  return Object.fromEntries(events.map(event => [event, message]))
}

describe.each(Object.keys(STATES))('a call that is %s', state => {
  test.each(Object.keys(EVENTS))('handles %s as the table of states says', async event => {
    const call = await STATES[state]!()
    const act = async () => EVENTS[event]!(call.subject)
    const message = REFUSED[state]![event]
    if (message === undefined) await act()
    else {
      const error = await act().catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(InvalidArgumentError)
      expect((error as Error).message).toMatch(message)
      expect((error as Error).message).toContain('numbers()')
    }
  })
})
