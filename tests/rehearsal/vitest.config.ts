import { dirname } from 'node:path'
import { defineConfig } from 'vitest/config'
import { reporters } from '../reporters.js'

/**
 * A rehearsal of a release: the committed packages get their versions, are built, published to a registry on this machine,
 * and installed from there. Minutes, so it has a command of its own.
 */
export default defineConfig({
  test: {
    name: 'rehearsal',
    dir: dirname(import.meta.dirname),
    include: ['rehearsal/*.test.ts', 'projects/examples.test.ts'],
    globalSetup: [`${import.meta.dirname}/publish.ts`],
    reporters,
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 300_000
  }
})
