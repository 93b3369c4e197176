import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { CallTimeoutError, TaskNotFoundError } from '../../errors/errors.js'
import { type ConformanceCase, defineCase, thrownBy } from '../bench.js'

type Anything = { run(): Promise<void> }

/** Modules that are missing or broken. Each is tried twice: the second answer must be as good as the first. */
export const modules: readonly ConformanceCase[] = [
  defineCase('a missing module rejects with its cause, every time', async ({ executor, module }) => {
    const { run } = executor.import<Anything>(new URL('missing.mjs', module('there.mjs', '')))
    for (const _ of [1, 2]) {
      const error = await thrownBy(() => run())
      assert.ok(error instanceof TaskNotFoundError, String(error))
      assert.match(error.message, /missing\.mjs/)
      assert.equal((error.cause as { code?: unknown }).code, 'ERR_MODULE_NOT_FOUND')
    }
  }),
  defineCase(
    'a module that throws on import rejects with its cause, every time',
    async ({ executor, module }) => {
      const { run } = executor.import<Anything>(
        module('broken.mjs', "throw new RangeError('broken on import')")
      )
      for (const _ of [1, 2]) {
        const error = await thrownBy(() => run())
        assert.ok(error instanceof TaskNotFoundError, String(error))
        assert.match(error.message, /broken\.mjs.*broken on import/)
        assert.ok(error.cause instanceof RangeError)
      }
    }
  ),
  defineCase('a syntax error rejects with its cause, every time', async ({ executor, module }) => {
    const { run } = executor.import<Anything>(module('wrong.mjs', 'export const = 1'))
    for (const _ of [1, 2]) {
      const error = await thrownBy(() => run())
      assert.ok(error instanceof TaskNotFoundError, String(error))
      assert.ok(error.cause instanceof SyntaxError)
    }
  }),
  defineCase('a missing export is named, with those that are there', async ({ tasks }) => {
    const wrong = tasks as unknown as Record<string, () => Promise<unknown>>
    for (const _ of [1, 2]) {
      const error = await thrownBy(() => wrong.mistyped?.())
      assert.ok(error instanceof TaskNotFoundError, String(error))
      assert.match(error.message, /'mistyped'.*echo/)
    }
  }),
  defineCase('an export that is not a function can not be called', async ({ tasks }) => {
    const wrong = tasks as unknown as Record<string, () => Promise<unknown>>
    const error = await thrownBy(() => wrong.notAFunction?.())
    assert.ok(error instanceof TaskNotFoundError, String(error))
    assert.match(error.message, /no function 'notAFunction'/)
  }),
  defineCase(
    'a module whose import takes longer than a timeout is loaded for a later call, and cancelled calls do not run',
    async ({ executor, module, file }) => {
      const gate = file('gate')
      const source = `
        import { existsSync } from 'node:fs'
        while (!existsSync(${JSON.stringify(gate)})) await new Promise(resolve => setTimeout(resolve, 2))
        let runs = 0
        export const run = async () => ++runs`
      const { run } = executor.import<{ run(): Promise<number> }>(module('slow.mjs', source))
      for (const _ of [1, 2, 3]) {
        const error = await thrownBy(() => run().with({ timeout: 50 }))
        assert.ok(error instanceof CallTimeoutError, String(error))
      }
      writeFileSync(gate, '')
      assert.equal(await run(), 1)
    }
  ),
  defineCase('names that every object has are not exports', async ({ tasks }) => {
    assert.ok((await thrownBy(() => tasks.toLocaleString())) instanceof TaskNotFoundError)
  })
]
