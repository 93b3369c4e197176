import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bridge, inline } from '@bridge/core'
import { callerFrames } from '@bridge/core/executor'
import { userStack } from '@bridge/core/internal'
import { describe, expect, test } from 'vitest'
import { runFile, runSource, scratchFolder } from './child.js'

const OURS = /[/\\]core[/\\]dist[/\\]/

/** The user's modules: a module that throws, and a module that makes calls. */
function application(): string {
  const folder = scratchFolder()
  writeFileSync(
    join(folder, 'tasks.mjs'),
    `export function deep() { throw new Error('from deep') }
    export async function fail() { await null; deep() }`
  )
  writeFileSync(
    join(folder, 'main.mjs'),
    `import { bridge } from '@bridge/core'
    import { decodeThrown, encodeThrown } from '@bridge/core/executor'
    import { fail } from './tasks.mjs'
    const bridged = bridge(fail)
    async function caller() { await bridged() }
    try { await caller() } catch (error) { console.log(decodeThrown(encodeThrown(error)).stack) }`
  )
  return join(folder, 'main.mjs')
}

describe('the stack of an error', () => {
  test('begins with the frames of the function that threw', async () => {
    const error = await bridge(function thrower() {
      throw new Error('x')
    })().catch((thrown: Error) => thrown)
    expect((error as Error).stack?.split('\n')[1]).toMatch(/at thrower .*stack\.test\.ts/)
  })

  test('of an awaited call shows who awaited', async () => {
    const fail = bridge(async function fail() {
      await null
      throw new Error('x')
    })
    async function awaitingCaller() {
      await fail()
    }
    const error = await awaitingCaller().catch((thrown: Error) => thrown)
    expect((error as Error).stack).toMatch(/at (async )?awaitingCaller/)
  })

  test('that crossed shows the frames of both threads and none of ours', async () => {
    const { stdout } = await runFile(application())
    expect(stdout).toMatch(/Error: from deep\n\s+at deep .*tasks\.mjs/)
    expect(stdout).toMatch(/at (async )?caller .*main\.mjs/)
    expect(stdout).not.toMatch(OURS)
    expect(stdout).not.toContain('node:internal')
  })

  test('is whole under BRIDGE_DEBUG=1', async () => {
    const { stdout } = await runFile(application(), { BRIDGE_DEBUG: '1' })
    expect(stdout).toContain('at deep')
    const { stdout: all } = await runSource(`
      process.env.BRIDGE_DEBUG = '1'
      const { bridge } = await import('@bridge/core')
      const { encodeThrown, decodeThrown } = await import('@bridge/core/executor')
      const fail = bridge(() => { throw new Error('x') }, { timeout: 1000 })
      try { fail().runSync() } catch (error) { console.log(decodeThrown(encodeThrown(error)).stack) }`)
    expect(all).toMatch(OURS)
  })
})

describe('callerFrames', () => {
  test('returns the frames of the waiting caller, as lines to append to a stack', () => {
    function waiting() {
      return callerFrames()
    }
    const frames = waiting()
    expect(frames).toMatch(/^\n\s+at waiting /)
    expect(frames).not.toMatch(OURS)
  })

  test('leaves the limit of stack frames unchanged', () => {
    const before = Error.stackTraceLimit
    callerFrames()
    expect(Error.stackTraceLimit).toBe(before)
  })
})

describe('userStack', () => {
  test('keeps the message, however many lines it has', () => {
    const stack =
      'Error: one\ntwo\n  three\n    at user (/app/main.js:1:1)\n    at node:internal/process/x:1:1'
    expect(userStack(stack)).toBe('Error: one\ntwo\n  three\n    at user (/app/main.js:1:1)')
  })

  test('leaves a stack without frames unchanged', () => {
    expect(userStack('Error: one')).toBe('Error: one')
    expect(userStack('')).toBe('')
  })
})

test('no stack is captured when a call is made', async () => {
  const { stdout } = await runSource(`
    import { bridge } from '@bridge/core'
    const add = bridge((a, b) => a + b)
    let captured = 0
    Error.prepareStackTrace = () => { captured++; return '' }
    const capture = Error.captureStackTrace
    Error.captureStackTrace = (...args) => { captured++; return capture(...args) }
    await add(1, 2)
    add(1, 2).runSync()
    console.log(captured)`)
  expect(stdout).toBe('0\n')
})

test('an error on the calling thread is the very object that was thrown', async () => {
  const error = new Error('x')
  const fail = bridge(() => {
    throw error
  })
  expect(await fail().catch((thrown: unknown) => thrown)).toBe(error)
  expect(
    await fail()
      .with({ timeout: 1000 })
      .catch((thrown: unknown) => thrown)
  ).toBe(error)
  expect(inline.name).toBe('inline')
})
