import type { TestUserConfig } from 'vitest/config'

/** `.ci/run` reads the results from a file; a developer who runs the tests reads the usual output. */
const report = process.env.BRIDGE_TEST_REPORT

export const reporters: NonNullable<TestUserConfig['reporters']> = report
  ? ['default', ['json', { outputFile: report }]]
  : ['default']
