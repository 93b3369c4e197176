import { expect, test } from 'vitest'
import { runSource } from './child.js'

test.each([
  { what: 'the first storage of a process', used: '' },
  { what: 'a storage that was used before', used: 'storage.run(0, () => {})' }
])('what code enters in a root context is not seen outside: $what', async ({ used }) => {
  const { stdout, stderr } = await runSource(`
    import { AsyncLocalStorage } from 'node:async_hooks'
    import { RootContext } from '@bridge/core/internal'
    const root = new RootContext()
    const storage = new AsyncLocalStorage()
    ${used}
    root.run(() => storage.enterWith('inside'), true)
    console.log(storage.getStore(), root.run(() => storage.getStore(), true))`)
  expect([stdout, stderr]).toEqual(['undefined undefined\n', ''])
})
