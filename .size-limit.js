/**
 * Minified and compressed (brotli), as Node would load it: built-ins, other packages, and what is loaded later by an
 * import() of its own are not counted. The order in which esbuild splits shared code depends on where the checkout
 * lies, and a size with it (one commit's core had 15,988 to 16,008 bytes in 20 checkouts): a limit is at least 1 % above the size.
 */
const entry = (name, path, limit, ignore = []) => ({
  name,
  path,
  limit,
  ignore: ['node:*', ...ignore],
  modifyEsbuildConfig: config => ({
    ...config,
    platform: 'node',
    format: path.endsWith('.cjs') ? 'cjs' : 'esm'
  })
})

const ours = ['@bridge/core', '@bridge/context', '@bridge/iter', '@bridge/pool']
const theirs = ['@nestjs/common', '@nestjs/core', 'rxjs', 'synckit']

export default [
  entry('core', 'packages/core/dist/index.js', '23.5 kB', [
    './load-module-*',
    './loss-warning-*',
    './map-awaited-*'
  ]),
  entry('core/executor', 'packages/core/dist/executor/index.js', '22.6 kB'),
  entry('core/internal', 'packages/core/dist/internal/index.js', '16.1 kB'),
  entry('context', 'packages/context/dist/index.js', '3 kB', ours),
  entry('iter', 'packages/iter/dist/index.js', '14.9 kB', ours),
  // 46 kB of it are the text of a thread, for bundles; to load it takes half a millisecond.
  entry('pool', 'packages/pool/dist/index.js', '78.7 kB', [...ours, ...theirs]),
  entry('pool: a thread', 'packages/pool/dist/thread.cjs', '48.3 kB'),
  entry('pool: the loop', 'packages/pool/dist/loop.cjs', '48.8 kB', theirs),
  entry('pool/synckit', 'packages/pool/dist/synckit.cjs', '8.2 kB', [...ours, ...theirs, './index.cjs']),
  entry('nest', 'packages/nest/dist/index.js', '5 kB', [...ours, ...theirs])
]
