import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createContext } from '@bridge/context'
import { describe, expect, test } from 'vitest'

const SOURCE = `
  import { bindContext, captureContext, createContext } from '@bridge/context'
  import { runScope } from '@bridge/core'
  const user = createContext('user')
  const fail = () => { throw new Error('failed') }
  const ways = {
    run: () => user.run('ada', () => user.run('grace', fail)),
    snapshot: () => user.run('ada', captureContext).run(fail),
    bound: () => user.run('ada', () => bindContext(fail))(),
    scope: () => runScope({ timeout: 1000 }, fail)
  }
  for (const [name, way] of Object.entries(ways)) {
    try { way() } catch (error) { console.log(name, JSON.stringify(error.stack)) }
  }`

/** The frames, for each kind of call, that are in a file of this repository's packages. */
function ownFrames(...flags: string[]): Record<string, number> {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const { stdout } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', SOURCE], { cwd })
  const lines = stdout.toString().trim().split('\n')
  return Object.fromEntries(
    lines.map(line => {
      const [, name = '', stack = ''] = /^(\w+) (.*)$/.exec(line) ?? []
      const frames = (JSON.parse(stack) as string).split('\n').slice(1)
      expect(frames[0]).toMatch(/eval1|way|fail/)
      return [
        name,
        frames.filter(frame => /packages\/(context|core)\/(src|dist)|async_hooks/.test(frame)).length
      ]
    })
  )
}

test('an error that cannot be changed stays the same error', () => {
  const user = createContext<string>('of frozen errors')
  const error = Object.freeze(new Error('frozen'))
  const fail = (): never => {
    throw error
  }
  expect(() => user.run('ada', fail)).toThrow(error)
})

describe("an error of a user's function shows none of bridge's frames", () => {
  test.each([[[]], [['--enable-source-maps']]])('with the flags %o', flags => {
    expect(ownFrames(...flags)).toEqual({ run: 0, snapshot: 0, bound: 0, scope: 0 })
  })
})
