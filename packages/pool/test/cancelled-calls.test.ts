import { createPool, loop, type Pool } from '@bridge/pool'
import { describe, expect, it, onTestFinished } from 'vitest'
import { latch, runScript } from './helpers.js'

type Tasks = typeof import('./fixtures/cancelled-tasks.mjs')

const CANCELLED = new URL('./fixtures/cancelled-tasks.mjs', import.meta.url)

/** More than there are words at first, so that there have to be more. */
const MANY = 5000

function wide() {
  const pool = createPool({ maxThreads: 1, concurrencyPerThread: Infinity, killGrace: 60_000 })
  onTestFinished(() => pool.close({ drain: false }))
  return pool
}

function theLoop() {
  onTestFinished(() => loop.close({ drain: false }))
  return loop
}

const executors: Record<string, () => Pool> = { 'a pool': wide, loop: theLoop }

describe.each(Object.entries(executors))('on %s', (_, make) => {
  it('no call runs that was cancelled before it started, however many are at once', async () => {
    const tasks = make().import<Tasks>(CANCELLED)
    await tasks.howManyRan()
    for (const calls of [300, MANY]) {
      const before = await tasks.howManyRan()
      const { word, open } = latch()
      const holding = tasks.hold(word)
      await null
      Atomics.wait(word, 1, 0)
      const controller = new AbortController()
      const cancelled = Array.from({ length: calls }, () => tasks.count().with({ signal: controller.signal }))
      const outcomes = Promise.allSettled(cancelled)
      await null
      controller.abort()
      expect((await outcomes).filter(({ status }) => status === 'fulfilled')).toEqual([])
      open()
      await holding
      expect(await tasks.howManyRan()).toBe(before)
    }
  })

  it('three thousand calls wait, and the call that releases them runs', async () => {
    const tasks = make().import<Tasks>(CANCELLED)
    const waiting = Array.from({ length: 3000 }, (_, n) => tasks.pass(n))
    await null
    await tasks.release()
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 3000 }, (_, n) => n))
  })
})

it('a synchronous task sees that it was cancelled, among many that were cancelled after it', async () => {
  const tasks = wide().import<Tasks>(CANCELLED)
  await tasks.howManyRan()
  const { word, open } = latch()
  const first = new AbortController()
  const others = new AbortController()
  const looking = tasks.holdAndLook(word).with({ signal: first.signal })
  const outcome = looking.catch(error => error.name)
  await null
  Atomics.wait(word, 1, 0)
  const cancelled = Array.from({ length: MANY }, () => tasks.count().with({ signal: others.signal }))
  const outcomes = Promise.allSettled(cancelled)
  await null
  first.abort()
  others.abort()
  open()
  expect(await outcome).toBe('AbortError')
  await outcomes
  expect(await tasks.hasSeenAbort()).toBe(true)
})

it('a call that has ended by the time its caller cancels it leaves no timer that keeps the process alive', async () => {
  const script = `
    import { MessagePort } from 'node:worker_threads'
    import { createPool } from '@bridge/pool'
    const pool = createPool({ maxThreads: 1, killGrace: 60_000 })
    const tasks = pool.import(${JSON.stringify(CANCELLED.href)})
    await tasks.howManyRan()
    const word = new Int32Array(new SharedArrayBuffer(8))
    const controller = new AbortController()
    const ended = tasks.endAtOnce(word).with({ signal: controller.signal }).catch(error => error.name)
    while (Atomics.load(word, 1) === 0) await new Promise(setImmediate)
    // As if this thread had not been given the processor before the other one has answered.
    const post = MessagePort.prototype.postMessage
    MessagePort.prototype.postMessage = function (...args) {
      post.apply(this, args)
      Atomics.wait(word, 0, 0)
    }
    controller.abort()
    MessagePort.prototype.postMessage = post
    console.log(await ended)
    await pool.close()
    console.log(process.getActiveResourcesInfo().includes('Timeout'))
    process.exit()
  `
  expect(await runScript(script)).toEqual({ code: 0, stdout: 'AbortError\nfalse\n', stderr: '' })
})
