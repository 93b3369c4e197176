import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { CallAbortedError, CallTimeoutError } from '../../errors/errors.js'
import {
  assertFailed,
  assertValue,
  defineFault,
  type FaultBench,
  type Outcome,
  outcomeOf
} from '../fault-bench.js'

type Holder = 'holdPlace' | 'holdThread'

const FRONT = { holdPlace: 'a call that runs', holdThread: 'a call that holds the thread' } as const

/** A call that is running, and ends when it is released. */
interface Held {
  release(): void
  readonly outcome: Promise<Outcome>
}

async function hold({ tasks, file, written }: FaultBench, by: Holder): Promise<Held> {
  const [gate, journal] = [file('gate', 'shut'), file('held')]
  const outcome = outcomeOf(tasks[by](gate, journal))
  const ended = outcome.then(got => assert.fail(`the call in front ended at once: ${inspect(got)}`))
  await Promise.race([written(journal, 'held'), ended])
  return { outcome, release: () => writeFileSync(gate, 'open') }
}

/** Lets the call in front end, and waits for the calls behind it. */
async function released(
  bench: FaultBench,
  held: Held,
  waiting: readonly (readonly [n: number, Promise<Outcome>])[]
) {
  held.release()
  assertValue('the call in front', await bench.within('the call in front', held.outcome), undefined)
  for (const [n, outcome] of waiting) {
    assertValue(`waiting call ${n}`, await bench.within(`waiting call ${n}`, outcome), n)
  }
  await bench.works('after them')
}

/** Calls that are cancelled while another holds the only worker, in the way that it is held. */
export const cancelledBehind = (by: Holder) => {
  const front = FRONT[by]
  return [
    defineFault(
      `a call that is cancelled behind ${front} settles at once, never runs, and delays no other call`,
      async bench => {
        const { tasks, within, file, lines } = bench
        const journal = file('journal')
        const held = await hold(bench, by)
        const note = (n: number) => tasks.noteNumber(journal, n)
        const stop = new AbortController()
        const before = outcomeOf(note(1))
        const signalled = outcomeOf(note(2).with({ signal: stop.signal }))
        const late = outcomeOf(note(3).with({ timeout: 20 }))
        const future = note(4).start()
        const cancelled = outcomeOf(future)
        const reasoned = note(5).start()
        const withReason = outcomeOf(reasoned)
        const after = outcomeOf(note(6))
        const reason = new Error('the client has gone')
        stop.abort(reason)
        future.cancel()
        reasoned.cancel(reason)
        const what = (way: string): string => `the waiting call that ended by ${way}`
        assert.deepEqual(await within(what('its signal'), signalled), { error: reason })
        assertFailed(what('its timeout'), await within(what('its timeout'), late), CallTimeoutError)
        assertFailed(what('cancel()'), await within(what('cancel()'), cancelled), CallAbortedError)
        assert.deepEqual(await within(what('cancel(reason)'), withReason), { error: reason })
        await released(bench, held, [
          [1, before],
          [6, after]
        ])
        assert.deepEqual(lines(journal), ['1', '6'])
      }
    ),
    defineFault(`close() settles when all behind ${front} were cancelled`, async bench => {
      const { executor, tasks, within } = bench
      const held = await hold(bench, by)
      const futures = [1, 2, 3].map(n => tasks.echo(n).start())
      const outcomes = futures.map(outcomeOf)
      for (const future of futures) future.cancel()
      const closed = outcomeOf(executor.close())
      held.release()
      assertValue('close()', await within('close()', closed), undefined)
      for (const outcome of outcomes) {
        assertFailed('a cancelled call', await within('a cancelled call', outcome), CallAbortedError)
      }
    })
  ]
}

/** The same for many calls, where they wait in the executor's own queue. */
export const manyCancelledBehind = (by: Holder) =>
  defineFault(`hundreds that are cancelled behind ${FRONT[by]} leave the others in order`, async bench => {
    const { tasks, within, file, lines } = bench
    const journal = file('journal')
    const held = await hold(bench, by)
    const stop = new AbortController()
    const calls = Array.from({ length: 500 }, (_, n) => {
      const call = tasks.noteNumber(journal, n)
      const future = n % 2 === 0 ? call.with({ signal: stop.signal }).start() : call.start()
      return { n, future, outcome: outcomeOf(future), stays: n % 50 === 25 }
    })
    const reason = new Error('not needed')
    stop.abort(reason)
    for (const { n, future, stays } of calls) if (n % 2 === 1 && !stays) future.cancel(reason)
    for (const { n, outcome, stays } of calls) {
      const what = `cancelled call ${n} of 500`
      if (!stays) assert.deepEqual(await within(what, outcome), { error: reason }, what)
    }
    const left = calls.filter(({ stays }) => stays)
    await released(
      bench,
      held,
      left.map(({ n, outcome }) => [n, outcome] as const)
    )
    assert.deepEqual(
      lines(journal),
      left.map(({ n }) => `${n}`)
    )
  })

/** The same for a caller that blocks. */
export const cancelledBehindBlocking = (by: Holder) => [
  defineFault(
    `a blocked caller behind ${FRONT[by]} ends by its timeout, and its call never runs`,
    async bench => {
      const { tasks, blocked, file, lines } = bench
      const journal = file('journal')
      const held = await hold(bench, by)
      const limited = tasks.noteNumber(journal, 1).with({ timeout: 50 })
      const outcome = ((): Outcome => {
        try {
          return { value: limited.runSync() }
        } catch (error) {
          return { error }
        }
      })()
      assertFailed('the blocked call', outcome, CallTimeoutError)
      held.release()
      const next = blocked('the next blocked call', () =>
        tasks.noteNumber(journal, 2).with({ timeout: bench.patience }).runSync()
      )
      assertValue('the next blocked call', next, 2)
      await released(bench, held, [])
      assert.deepEqual(lines(journal), ['2'])
    }
  )
]

/** Which of the waiting calls is next. */
export const priorities = [
  defineFault(
    'of the calls that wait the one with the highest priority starts first, equal ones in order',
    async bench => {
      const { tasks, file, lines } = bench
      const journal = file('journal')
      const held = await hold(bench, 'holdPlace')
      const waiting = [0, -1, 5, 0.5, 5, 0].map(
        (priority, n) => [n, outcomeOf(tasks.noteNumber(journal, n).with({ priority }))] as const
      )
      await bench.untilQueued(waiting.length)
      await released(bench, held, waiting)
      assert.deepEqual(lines(journal), ['2', '4', '3', '0', '5', '1'])
    }
  ),
  defineFault('calls that wait without a priority go in the order in which they were made', async bench => {
    const { tasks, file, lines } = bench
    const journal = file('journal')
    const held = await hold(bench, 'holdPlace')
    const waiting = Array.from(
      { length: 100 },
      (_, n) => [n, outcomeOf(tasks.noteNumber(journal, n))] as const
    )
    await released(bench, held, waiting)
    assert.deepEqual(
      lines(journal),
      waiting.map(([n]) => `${n}`)
    )
  })
]

/** The same for a caller that blocks. */
export const prioritiesBlocking = [
  defineFault('a blocking call with a higher priority goes before those that wait', async bench => {
    const { tasks, blocked, file, lines } = bench
    const journal = file('journal')
    const held = await hold(bench, 'holdPlace')
    const low = outcomeOf(tasks.noteNumber(journal, 1))
    const urgent = tasks.noteNumber(journal, 2).with({ priority: 1, timeout: bench.patience })
    held.release()
    assertValue(
      'the urgent call',
      blocked('the urgent call', () => urgent.runSync()),
      2
    )
    await released(bench, held, [[1, low]])
    assert.deepEqual(lines(journal), ['2', '1'])
  })
]
