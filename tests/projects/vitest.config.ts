import { defineConfig } from 'vitest/config'
import { reporters } from '../reporters.js'

/**
 * Whole tools run on projects as users have them, from packed tarballs: this takes minutes, so it is a separate
 * command.
 */
export default defineConfig({
  test: {
    name: 'projects',
    dir: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: [`${import.meta.dirname}/packed.ts`],
    reporters,
    testTimeout: 120_000,
    hookTimeout: 300_000
  }
})
