import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { ExecutorClosedError } from '../../errors/errors.js'
import { type ConformanceCase, collect, defineCase, thrownBy } from '../bench.js'

/** The end of an executor. These come last, because they close the one they are given. */
export const closing: readonly ConformanceCase[] = [
  defineCase(
    'close() waits for the calls made before, refuses later ones, and may be called twice',
    async bench => {
      const { executor, tasks, blocking, file, written } = bench
      const gate = file('gate', 'shut')
      const under = tasks.untilOpen(gate, 'x').start()
      const journal = file('journal')
      await tasks.note(journal, 'ready')
      await written(journal, 'ready')
      const before = tasks.echo('made before')
      const closed = executor.close()
      writeFileSync(gate, 'open')
      assert.equal(await under, 'x')
      assert.equal(await before, 'made before')
      await closed
      await executor.close()
      const refused: (() => unknown)[] = [
        () => tasks.echo('x'),
        () => tasks.echo('x').start(),
        async () => {
          const { error } = await collect(tasks.count(3))
          throw error
        }
      ]
      if (executor.canBlock)
        refused.push(
          () => tasks.echo('x').runSync(),
          () => blocking.echo('x')
        )
      for (const act of refused) {
        const error = await thrownBy(act)
        assert.ok(error instanceof ExecutorClosedError, String(error))
        assert.match(error.message, /echo|count|closed/)
      }
    }
  )
]
