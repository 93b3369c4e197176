import { describe, expect, it } from 'vitest'
import { rejection, TASKS, type Tasks } from './helpers.js'
import { ENDS_IN, executors, opened, readOn, woundUp } from './left-helpers.js'

const kinds = ['endsSlowly', 'endsSlowlyLater'] as const

describe.each(['pool', 'loop'] as const)('a thread of %s', name => {
  it.each(kinds)(
    'that closes many generators (%s) whose streams were stopped at once does not count as stuck',
    async kind => {
      const tasks = executors[name]().import<Tasks>(TASKS)
      const [thread, before] = [await tasks.thread(), await tasks.finallyCount()]
      const all = await opened(() => tasks[kind](ENDS_IN))
      await Promise.all(all.map(items => items.return?.()))
      await woundUp(tasks, before)
      expect(await tasks.thread()).toBe(thread)
    }
  )

  it.each(kinds)('that closes many generators (%s) of one signal does not count as stuck', async kind => {
    const tasks = executors[name]().import<Tasks>(TASKS)
    const [thread, before] = [await tasks.thread(), await tasks.finallyCount()]
    const stop = new AbortController()
    const all = await opened(() => tasks[kind](ENDS_IN).with({ signal: stop.signal }))
    const reason = new Error('the client has gone')
    stop.abort(reason)
    expect(new Set(await Promise.all(all.map(items => rejection(readOn(items)))))).toEqual(new Set([reason]))
    await woundUp(tasks, before)
    expect(await tasks.thread()).toBe(thread)
  })
})
