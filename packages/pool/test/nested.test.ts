import { describe, expect, it } from 'vitest'
import { runScript } from './helpers.js'

const NESTED = JSON.stringify(new URL('./fixtures/nested.mjs', import.meta.url).href)

/** A process in which pools inside of threads may bring the threads to `bound`. */
const script = (bound: number, body: string): string => `
  process.env.BRIDGE_MAX_THREADS = '${bound}'
  const { createPool } = await import('@bridge/pool')
  const pool = createPool({ maxThreads: 2 })
  const { descend, fanOut } = pool.import(${NESTED})
  ${body}
  await pool.close()
  console.log('threads left:', globalThis[Symbol.for('@bridge/pool/thread-count')][0][0])
`

describe('pools inside of threads', () => {
  it('nest fifty levels deep, awaited and blocking in turns, each with a thread, and are all discounted at the end', async () => {
    const { stdout, stderr } = await runScript(script(4, 'console.log(await descend(49))'))
    expect(stderr).toBe('')
    expect(stdout).toBe('49\nthreads left: 0\n')
  }, 60_000)

  it('share one bound, beyond which each has one thread', async () => {
    const { stdout, stderr } = await runScript(script(6, 'console.log(await fanOut(3))'))
    expect(stderr).toBe('')
    const [most, left] = stdout.trim().split('\n')
    // Unbounded, it would be 4 + 16 + 64 below the first. Of those within the bound, each has a line of 3 at most.
    expect(Number(most)).toBeGreaterThanOrEqual(6)
    expect(Number(most)).toBeLessThanOrEqual(6 + 6 * 2)
    expect(left).toBe('threads left: 0')
  }, 60_000)
})
