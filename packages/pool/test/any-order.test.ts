import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pooled } from './helpers.js'

const url = new URL('./fixtures/latched.mjs', import.meta.url)

it('calls that end in any order, some of them later than thousands that came after, each get their own result', async () => {
  const { pool } = pooled({ maxThreads: 1, concurrencyPerThread: 4096 })
  const tasks = pool.import<typeof import('./fixtures/latched.mjs')>(url)
  // Each step starts so many calls, and releases one of the held calls.
  const steps = fc.array(fc.tuple(fc.nat({ max: 12 }), fc.nat()), { maxLength: 120 })
  let made = 0
  await fc.assert(
    fc.asyncProperty(steps, async program => {
      const held: { number: number; call: PromiseLike<{ number: number }> }[] = []
      const end = async (index: number): Promise<void> => {
        const [one] = held.splice(index, 1)
        if (one === undefined) return
        const { number, call } = one
        await tasks.letGo(number)
        expect(await call).toEqual({ number })
      }
      for (const [starts, which] of program) {
        for (let n = 0; n < starts; n++) {
          const number = ++made
          held.push({ number, call: tasks.hold(number).start() })
        }
        if (held.length > 0) await end(which % held.length)
      }
      while (held.length > 0) await end(held.length >> 1)
    }),
    { numRuns: 40 }
  )
  expect(pool.stats().running).toBe(0)
})
