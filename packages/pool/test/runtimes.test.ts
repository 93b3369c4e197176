import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { otherRuntimes, runOn } from '../../../tools/runtimes.js'

const SCRIPT = fileURLToPath(new URL('./fixtures/runtimes/conformance.mjs', import.meta.url))

/** The runtimes' own errors for a module that can't be loaded are not those of Node. */
const SYNTAX = 'a syntax error rejects with its cause, every time'
const THEN = 'a module that exports a function then is no promise'
const MISSING = 'a missing module rejects with its cause, every time'

/** A DOMException of Bun's has no stack. */
const WITHOUT_STACK = [
  'what a function throws arrives whole: dom',
  'what an asynchronous function rejects with arrives whole: dom',
  'what a generator throws arrives whole, after the items before it: dom',
  'what a constructor throws arrives whole at the first use',
  'what a method, a property or a disposal throws arrives whole',
  'importSync: what a constructor, a method or a disposal throws is thrown with all its properties',
  'what a blocking call throws arrives whole'
]

/** What does not hold there; docs name it. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'bun inline': [...WITHOUT_STACK, SYNTAX, THEN],
  'bun pool': [MISSING, SYNTAX, THEN],
  'deno inline': [SYNTAX],
  'deno pool': [SYNTAX]
}

/** That an instance is copied is a case, of which the process is warned. */
function withoutInstances(stderr: string): string {
  const lines = stderr
    .split('\n')
    .filter(line => !/\[BRIDGE_INSTANCE\]|^\(Use `\w+ --trace-warnings/.test(line))
  return lines.join('\n').trim()
}

// Processes of their own, which mostly wait.
describe.concurrent.each(otherRuntimes)('the conformance suite on $name', runtime => {
  it.each(['inline', 'pool'])(
    'passes for %s, except for the documented limitations',
    async name => {
      const { stdout, stderr } = await runOn(runtime, SCRIPT, [name], 100_000)
      expect(withoutInstances(stderr)).toBe('')
      const { held, failed } = JSON.parse(stdout) as { held: number; failed: string[] }
      expect(failed.sort()).toEqual([...(EXCEPTIONS[`${runtime.name} ${name}`] ?? [])].sort())
      expect(held).toBeGreaterThan(150)
    },
    110_000
  )
})
