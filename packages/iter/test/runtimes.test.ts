import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runOn, runtimes } from '../../../tools/runtimes.js'
import { awaitedCases } from './fixtures/runtimes/awaited-cases.mjs'
import { blockingCases, mixedCases, refusedCases } from './fixtures/runtimes/blocking-cases.mjs'

const SCRIPT = fileURLToPath(new URL('./fixtures/runtimes/run.mjs', import.meta.url))

describe.each(runtimes)('on $name', runtime => {
  /** Each in a process of its own, which has to end by itself. */
  const holds = async (group: string, name: string): Promise<void> => {
    expect(await runOn(runtime, SCRIPT, [group, name])).toEqual({ code: 0, stdout: 'held\n', stderr: '' })
  }

  describe('an awaited stream', () => {
    it.each(Object.keys(awaitedCases))('%s', name => holds('awaited', name))
  })

  describe('a blocking for', () => {
    it.each(Object.keys(blockingCases))('%s', name => holds('blocking', name))

    if (runtime.name === 'deno') it.each(Object.keys(refusedCases))('%s', name => holds('refused', name))
    else it.each(Object.keys(mixedCases))('%s', name => holds('mixed', name))
  })
})
