import assert from 'node:assert/strict'
import { NotCloneableError } from '../../errors/errors.js'
import { collect } from '../bench.js'
import { assertFailed, assertValue, defineFault, outcomeOf } from '../fault-bench.js'
import { endings, moments, unsendables } from '../fault-tasks.js'

/** Workers that end between a function's end and the arrival of its answer. */
export const lostAnswers = moments.map(moment =>
  defineFault(`a worker that ends ${moment} after it has answered settles the call`, async bench => {
    for (const how of endings) {
      const call = `the call that answered, then ended by ${how} ${moment}`
      assertValue(
        call,
        await bench.within(call, outcomeOf(bench.tasks.answerThenEnd(1, how, moment))),
        1,
        true
      )
      await bench.worksAgain(`after ${call}`)
    }
  })
)

/** The same for callers that block. */
export const lostAnswersBlocking = moments.map(moment =>
  defineFault(`a worker that ends ${moment} after it has answered frees its blocked caller`, async bench => {
    const { tasks, blocked, patience, worksAgain } = bench
    for (const how of endings) {
      const call = `the blocked call that answered, then ended by ${how} ${moment}`
      const act = () => tasks.answerThenEnd(1, how, moment).start().waitSync(patience)
      assertValue(call, blocked(call, act), 1, true)
      await worksAgain(`after ${call}`)
    }
  })
)

/** Answers that can't be sent. */
export const unsendableAnswers = unsendables.flatMap(what => [
  defineFault(`an answer that can not be sent settles its call alone: ${what}`, async bench => {
    const { tasks, within } = bench
    const calls = Array.from({ length: 20 }, (_, n) => ({
      n,
      outcome: outcomeOf(n % 2 === 0 ? tasks.answerUnsendable(what) : tasks.echo(n))
    }))
    for (const { n, outcome } of calls) {
      const call = n % 2 === 0 ? `a call that answers with ${what}` : 'a call beside it'
      const got = await within(call, outcome)
      if (n % 2 === 1) assertValue(call, got, n)
      else if (what === 'a getter that throws') assert.ok('error' in got, `${call} gave a value`)
      else assertFailed(call, got, NotCloneableError)
    }
    await bench.works('after them')
  }),
  defineFault(`an error or an item that can not be sent settles its call alone: ${what}`, async bench => {
    const { tasks, within } = bench
    const call = `a call that throws an error with ${what}`
    const thrown = await within(call, outcomeOf(tasks.throwUnsendable(what)))
    assert.ok('error' in thrown, `${call} gave a value`)
    await bench.works(`after ${call}`)
    const stream = `a stream that yields ${what}`
    const { items, end } = await within(stream, collect(tasks.yieldUnsendable(what)))
    assert.deepEqual([items, end], [[1], 'thrown'], stream)
    await bench.works(`after ${stream}`)
  })
])
