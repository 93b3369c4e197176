import { defineConfig } from 'vitest/config'

/** A package's own tests: they import packages by their published names, that is what `dist` holds. */
const project = (root: string, name: string) => ({
  root,
  test: {
    name,
    include: ['test/**/*.test.ts'],
    // For what hangs, and not for what is slow where the machine is busy with something else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Node itself loads what was built: rewritten by vitest it would import modules, and name frames, differently.
    server: { deps: { external: [/\/dist\//] } }
  }
})

/** `.ci/run` reads the figures from a file; whoever runs the tests reads the usual output. */
const report = process.env.BRIDGE_TEST_REPORT

export default defineConfig({
  test: {
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      project('packages/core', 'core'),
      project('packages/context', 'context'),
      project('packages/iter', 'iter'),
      project('packages/pool', 'pool'),
      project('packages/nest', 'nest'),
      project('apps/demo', 'demo'),
      project('apps/bench', 'bench'),
      project('apps/soak', 'soak'),
      { test: { name: 'repo', include: ['tests/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000 } }
    ]
  }
})
