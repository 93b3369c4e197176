import { isDeepStrictEqual } from 'node:util'
import { createPool } from '@bridge/pool'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { user } from './fixtures/carried.mjs'

type Tasks = typeof import('./fixtures/model-tasks.mjs')

/** Its thread can send so many levels, with a large stack, and this thread can't read them. */
const UNREADABLE = 20_000

/** What is sent in each of the ways that there are: as it is, as text, as a message, and beside the data. */
const values: Readonly<Record<string, unknown>> = {
  number: 42,
  text: 'x'.repeat(2000),
  'long text': 'ü'.repeat(40_000),
  nothing: undefined,
  'small data': { id: 1, tags: ['a', 'b'] },
  data: { rows: Array.from({ length: 300 }, (_, id) => ({ id })) },
  'what a clone loses': { buffer: Buffer.from('three'), url: new URL('https://example.org') },
  bytes: new Uint8Array(5000)
}

const value = fc.constantFrom(...Object.keys(values))
const turns = fc.nat({ max: 3 })

/** What a program consists of; each step is carried out as soon as the one before has been, and not when it has ended. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('echo' as const), value }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('later' as const), value, turns }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('blocking' as const), value, turns }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('cancelled' as const), value, turns, after: turns })
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unreadable' as const), isBlocking: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('failing' as const), isBlocking: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('context' as const), value }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('callback' as const), value, isNested: fc.boolean() })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stream' as const),
      items: fc.nat({ max: 40 }),
      taken: fc.nat({ max: 40 })
    })
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('death' as const) }) }
)

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** What a step should come to. */
interface Expected {
  readonly outcome: Promise<unknown>
  /** What it may give, and the codes or messages of the errors that it may fail with. */
  readonly value?: unknown
  readonly errors: readonly string[]
}

const LOST = 'BRIDGE_WORKER_LOST'

function problemOf(
  { value: wanted, errors }: Expected,
  settled: PromiseSettledResult<unknown>
): string | undefined {
  if (settled.status === 'fulfilled') {
    return isDeepStrictEqual(settled.value, wanted) && !errors.includes('no value')
      ? undefined
      : 'gave something else'
  }
  const { code, message } = settled.reason as { code?: string; message: string }
  return errors.includes(code ?? message) ? undefined : `failed: ${code} ${message}`
}

it('calls in any order of sends, answers, failures to read, cancels and deaths settle once each, each by its own outcome', async () => {
  const pool = createPool({ maxThreads: 2, resourceLimits: { stackSizeMb: 16 } })
  onTestFinished(() => pool.close({ drain: false }))
  const tasks = pool.import<Tasks>(new URL('./fixtures/model-tasks.mjs', import.meta.url))

  const begin = (one: Step): Expected | undefined => {
    const blocked = (call: () => unknown): Promise<unknown> => new Promise(resolve => resolve(call()))
    switch (one.kind) {
      case 'echo':
        return { outcome: tasks.echo(values[one.value]).then(), value: values[one.value], errors: [] }
      case 'later':
        return {
          outcome: tasks.echoAfter(one.turns, values[one.value]).then(),
          value: values[one.value],
          errors: []
        }
      case 'blocking':
        return {
          outcome: blocked(() => tasks.echoAfter(one.turns, values[one.value]).runSync()),
          value: values[one.value],
          errors: []
        }
      case 'cancelled': {
        const stop = new AbortController()
        const call = tasks.echoAfter(one.turns, values[one.value]).with({ signal: stop.signal })
        const outcome = call.then()
        let left = one.after
        const look = (): void => {
          if (left-- === 0) stop.abort(new Error('stop'))
          else setImmediate(look)
        }
        look()
        return { outcome, value: values[one.value], errors: ['stop'] }
      }
      case 'unreadable': {
        const call = tasks.deep(UNREADABLE)
        const outcome = one.isBlocking ? blocked(() => call.runSync()) : call.then()
        return { outcome, errors: ['no value', 'BRIDGE_NOT_CLONEABLE'] }
      }
      case 'failing': {
        const call = tasks.fail('mine')
        const outcome = one.isBlocking ? blocked(() => call.runSync()) : call.then()
        return { outcome, errors: ['no value', 'mine'] }
      }
      case 'context':
        return { outcome: user.run(one.value, () => tasks.whoFor().then()), value: one.value, errors: [] }
      case 'callback': {
        const answer = async (given: unknown): Promise<unknown> =>
          one.isNested ? await tasks.echo(given) : given
        const given = values[one.value]
        return { outcome: tasks.callTwice(answer, given).then(), value: [given, given], errors: [] }
      }
      case 'stream': {
        const read = async (): Promise<number[]> => {
          const items: number[] = []
          if (one.taken === 0) return items
          for await (const item of tasks.count(one.items)) if (items.push(item) === one.taken) break
          return items
        }
        return { outcome: read(), value: [...Array(Math.min(one.items, one.taken)).keys()], errors: [] }
      }
      case 'death':
        return { outcome: tasks.die().then(), errors: ['no value', LOST] }
      default:
        return undefined
    }
  }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async program => {
      const begun: (Expected & { readonly step: Step })[] = []
      for (const one of program) {
        const expected = begin(one)
        if (expected === undefined) await new Promise(setImmediate)
        else {
          expected.outcome.catch(() => {})
          begun.push({ step: one, ...expected })
        }
      }
      const mayBeLost = program.some(({ kind }) => kind === 'death')
      const settled = await Promise.allSettled(begun.map(({ outcome }) => outcome))
      const problems = begun.flatMap((expected, index) => {
        const errors = mayBeLost ? [...expected.errors, LOST] : expected.errors
        const problem = problemOf({ ...expected, errors }, settled[index] as PromiseSettledResult<unknown>)
        return problem === undefined ? [] : [`${JSON.stringify(expected.step)} ${problem}`]
      })
      expect(problems).toEqual([])
      expect(await tasks.echo('well')).toBe('well')
      expect(pool.stats()).toMatchObject({ running: 0, queued: 0 })
    }),
    { numRuns: 60 }
  )
  await pool.close()
})
