import assert from 'node:assert/strict'
import { CallTimeoutError, WorkerLostError } from '../../errors/errors.js'
import { collect, collectSync, thrownBy } from '../bench.js'
import { assertFailed, assertValue, defineFault, outcomeOf } from '../fault-bench.js'
import { endings } from '../fault-tasks.js'

/** Workers that end by themselves while calls are in flight. */
export const lostWorkers = endings.flatMap(how => [
  defineFault(
    `a worker that ends by ${how} fails the call that runs, and the next one works`,
    async bench => {
      const { tasks, within, works } = bench
      await works('at first')
      for (const when of ['awaited', 'awaited again']) {
        const call = `the call that is ${when} and ends by ${how}`
        assertFailed(call, await within(call, outcomeOf(tasks.endWorker(how))), WorkerLostError)
        await works(`after ${call}`)
      }
    }
  ),
  defineFault(`a worker that ends by ${how} as its first call runs fails it alone`, async bench => {
    const call = `the first call, which ends by ${how}`
    const lost = await bench.within(call, outcomeOf(bench.tasks.endWorker(how)))
    assertFailed(call, lost, WorkerLostError)
    await bench.works(`after ${call}`)
  }),
  defineFault(`a worker that ends by ${how} ends the stream under way with an error`, async bench => {
    const stream = `the stream of a worker that ends by ${how}`
    const { items, error } = await bench.within(stream, collect(bench.tasks.yieldThenEnd(how)))
    assert.ok(items.length <= 1, `${stream} gave ${items}`)
    assertFailed(stream, { error }, WorkerLostError)
    await bench.works(`after ${stream}`)
  }),
  defineFault(`a worker that ends by ${how} leaves a stream that can be pulled and closed`, async bench => {
    const { tasks, within } = bench
    const stream = tasks.yieldThenEnd(how)[Symbol.asyncIterator]()
    for (const pull of ['first', 'second', 'third', 'fourth']) {
      await within(`the ${pull} pull of a stream that ends by ${how}`, outcomeOf(stream.next()))
    }
    await within(`return() of a stream that has ended by ${how}`, outcomeOf(stream.return(undefined)))
    await bench.works('after the stream')
  }),
  defineFault(
    `a stream whose worker ended by ${how} in between fails, and gives no items of a later one`,
    async bench => {
      const { tasks, within } = bench
      const lost = tasks.count(100_000)[Symbol.asyncIterator]()
      await within('the first pull', lost.next())
      await within(`the call that ends by ${how}`, outcomeOf(tasks.endWorker(how)))
      const other = tasks.count(3)[Symbol.asyncIterator]()
      assert.deepEqual(await within('the first pull of the later stream', other.next()), {
        done: false,
        value: 1
      })
      // Items that had arrived before may still be returned.
      const { error } = await within(
        'the stream whose worker has ended',
        collect({ [Symbol.asyncIterator]: () => lost })
      )
      assertFailed('the stream whose worker has ended', { error }, WorkerLostError)
      const rest = await within('the later stream', collect({ [Symbol.asyncIterator]: () => other }))
      assert.deepEqual(rest, { items: [2, 3], end: 'done' })
    }
  ),
  defineFault(`calls behind one that ends its worker by ${how} run or fail, and settle`, async bench => {
    const { tasks, within, file, lines } = bench
    const journal = file('journal')
    const lost = outcomeOf(tasks.endWorker(how))
    const behind = Array.from({ length: 20 }, (_, n) => outcomeOf(tasks.noteNumber(journal, n)))
    const call = `the call that ends by ${how}`
    assertFailed(call, await within(call, lost), WorkerLostError)
    for (const [n, outcome] of behind.entries()) {
      const what = `call ${n} behind one that ends by ${how}`
      assertValue(what, await within(what, outcome), n, true)
    }
    assert.equal(new Set(lines(journal)).size, lines(journal).length, 'no call ran twice')
    await bench.works('after all of them')
  }),
  defineFault(`close() settles while a worker ends by ${how}`, async ({ executor, tasks, within }) => {
    const lost = outcomeOf(tasks.endWorker(how))
    const behind = [1, 2, 3].map(n => outcomeOf(tasks.echo(n)))
    await within('close()', executor.close())
    const call = `the call that ends by ${how}`
    assertFailed(call, await within(call, lost), WorkerLostError)
    for (const outcome of behind) await within(`a call behind one that ends by ${how}`, outcome)
  })
])

/** The same for callers that block. */
export const lostWorkersBlocking = endings.flatMap(how => [
  defineFault(
    `a worker that ends by ${how} fails its blocked caller, and the next call works`,
    async bench => {
      const { tasks, blocked, patience } = bench
      const ways = {
        'waitSync()': () => tasks.endWorker(how).start().waitSync(patience),
        'runSync()': () => tasks.endWorker(how).with({ timeout: patience }).runSync()
      }
      for (const [way, act] of Object.entries(ways)) {
        const call = `${way} of a call that ends by ${how}`
        assertFailed(call, blocked(call, act), WorkerLostError)
        const next = `${way} of the call after it`
        assertValue(
          next,
          blocked(next, () => tasks.echo('x').with({ timeout: patience }).runSync()),
          'x'
        )
      }
      await bench.works('after them')
    }
  ),
  defineFault(`a worker that ends by ${how} ends the stream of a blocked consumer`, async bench => {
    const stream = `the blocking stream of a worker that ends by ${how}`
    const { items, error } = collectSync(bench.tasks.yieldThenEnd(how).with({ timeout: bench.patience }))
    assert.ok(items.length <= 1, `${stream} gave ${items}`)
    assertFailed(stream, { error }, WorkerLostError)
    await bench.works(`after ${stream}`)
  })
])

/** A worker that is alive but no longer answers. */
export const stuckWorkers = [
  defineFault(
    'a call that holds its thread for ever ends by its timeout, and the next one works',
    async bench => {
      const call = 'the call that holds its thread for ever'
      const { tasks, within, works } = bench
      assertFailed(
        call,
        await within(call, outcomeOf(tasks.blockForEver().with({ timeout: 100 }))),
        CallTimeoutError
      )
      await works(`after ${call}`)
    }
  ),
  defineFault(
    'a call that holds its thread for ever ends by cancel(), and the calls behind it settle',
    async bench => {
      const { tasks, within, file, written } = bench
      const [gate, journal] = [file('gate', 'shut'), file('journal')]
      const future = tasks.holdThread(gate, journal).start()
      const stuck = outcomeOf(future)
      await written(journal, 'held')
      const behind = outcomeOf(tasks.echo('behind'))
      const reason = new Error('no longer needed')
      future.cancel(reason)
      assert.deepEqual(await within('the call that was cancelled', stuck), { error: reason })
      assertValue('the call behind it', await within('the call behind it', behind), 'behind', true)
      await bench.works('after them')
    }
  )
]

/** Objects that lived in a worker that has ended. */
export const lostObjects = endings.map(how =>
  defineFault(`a worker that ends by ${how} loses its objects, and new ones can be made`, async bench => {
    const { tasks, within, held } = bench
    const counter = new tasks.Counter(1)
    await within('a method', counter.add())
    await within('the call that ends the worker', outcomeOf(tasks.endWorker(how)))
    const method = 'a method of an object whose worker has ended'
    assertFailed(method, await within(method, outcomeOf(counter.add())), WorkerLostError)
    await within(
      'disposal of an object whose worker has ended',
      thrownBy(() => counter[Symbol.asyncDispose]()).catch(() => {})
    )
    assert.equal(await within('a method of a new object', held(new tasks.Counter(5)).add()), 6)
  })
)
