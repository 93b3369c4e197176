import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { reporters } from './tests/reporters.js'

/** A package's own tests: they import packages by their published names, that is what `dist` holds. */
const project = (root: string, name: string) => ({
  root,
  test: {
    name,
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/alone/**'],
    // For what hangs, and not for what is slow where the machine is busy with something else.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Node itself loads what was built: rewritten by vitest it would import modules, and name frames, differently.
    server: { deps: { external: [/\/dist\//] } }
  }
})

/** For those that keep two cores busy by themselves, and beside others take many times as long: one by one, after all else. */
const oneByOne = { maxWorkers: 1, sequence: { groupOrder: 1 } }

const alone = (root: string, name: string) => {
  const { test } = project(root, `${name} alone`)
  const include = ['test/alone/**/*.test.ts']
  return { root, test: { ...test, include, exclude: configDefaults.exclude, ...oneByOne } }
}

/** The benchmarks have children of their own, which measure. */
const bench = project('apps/bench', 'bench')

export default defineConfig({
  test: {
    // One file more than cores at once: many of them wait for what takes its time, a limit that is reached or a process.
    maxWorkers: availableParallelism() + 1,
    reporters,
    projects: [
      project('packages/core', 'core'),
      project('packages/context', 'context'),
      project('packages/iter', 'iter'),
      project('packages/pool', 'pool'),
      alone('packages/pool', 'pool'),
      project('packages/cluster', 'cluster'),
      project('packages/nest', 'nest'),
      project('apps/demo', 'demo'),
      { ...bench, test: { ...bench.test, ...oneByOne } },
      project('apps/soak', 'soak'),
      project('apps/docs', 'docs'),
      { test: { name: 'repo', include: ['tests/*.test.ts'], testTimeout: 300_000, hookTimeout: 300_000 } }
    ]
  }
})
