import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runFile, scratchFolder } from './child.js'

const TASKS = `
export class Order { id = 1; total() {} }
export const take = value => 'taken'
export const give = () => ({ response: new Response('') })
export const giveLater = async () => ({ signal: new AbortController().signal })
`

/** The output of a script that calls these tasks on its own thread. */
async function warnings(script: string, env: Record<string, string> = {}): Promise<string[]> {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'tasks.mjs'), TASKS)
  const main = join(folder, 'main.mjs')
  writeFileSync(
    main,
    `import { bridge, inline } from '@bridge/core'
    import { Order, take } from './tasks.mjs'
    const tasks = inline.import(new URL('./tasks.mjs', import.meta.url))
    ${script}`
  )
  const { code, stderr } = await runFile(main, env)
  expect(code).toBe(0)
  return stderr.split('\n').filter(line => line.includes('BridgeWarning'))
}

test('inline.import warns once for each place about values that could not be sent to another thread', async () => {
  const told = await warnings(`
    for (let n = 0; n < 3; n++) {
      await tasks.take({ of: [new AbortController().signal] })
      await tasks.give()
      await tasks.giveLater()
    }
  `)
  expect(told.map(line => /: (\w+\(\): .*?) can't/.exec(line)?.[1])).toEqual([
    'take(): args[0].of[0] (AbortSignal)',
    'give(): its result.response (Response)',
    'giveLater(): its result.signal (AbortSignal)'
  ])
})

test('inline.import warns once for each class about instances that would arrive without their methods', async () => {
  const told = await warnings('for (let n = 0; n < 3; n++) await tasks.take(new Order())')
  expect(told.map(line => /an instance of (\w+)/.exec(line)?.[1])).toEqual(['Order'])
})

test('it does not warn about values that cross, in production, or about bridge(fn) on this thread', async () => {
  const all =
    'await tasks.take([new URL("http://localhost/"), Buffer.from("a"), new Date(), { plain: true }])'
  const bound = 'await tasks.take(new AbortController().signal); await tasks.give()'
  const local = 'await bridge(take)(new AbortController().signal); await bridge(() => new Order())()'
  expect(await warnings(all)).toEqual([])
  expect(await warnings(bound, { NODE_ENV: 'production' })).toEqual([])
  expect(await warnings(local)).toEqual([])
})
