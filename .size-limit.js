/**
 * Minified and compressed (brotli), as a bundler would take it in: built-ins, other packages, and what is loaded later by an
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
  entry('core', 'packages/core/dist/split/index.js', '24.7 kB', [
    './load-module-*',
    './loss-warning-*',
    './map-awaited-*'
  ]),
  entry('core/executor', 'packages/core/dist/split/executor/index.js', '23.6 kB'),
  entry('core/internal', 'packages/core/dist/split/internal/index.js', '18.5 kB'),
  entry('core: the file that Node loads', 'packages/core/dist/all.js', '33.2 kB', [
    './load-module-*',
    './loss-warning-*',
    './map-awaited-*'
  ]),
  entry('context', 'packages/context/dist/index.js', '3 kB', ours),
  entry('context/otel', 'packages/context/dist/otel.js', '2 kB', [...ours, '@opentelemetry/api']),
  entry('context/cls', 'packages/context/dist/cls.js', '2 kB', [...ours, 'nestjs-cls']),
  entry('iter', 'packages/iter/dist/index.js', '14.9 kB', ours),
  // 46 kB of it are the text of a thread, for bundles; to load it takes half a millisecond.
  entry('pool', 'packages/pool/dist/index.js', '80 kB', [...ours, ...theirs]),
  entry('pool: a thread', 'packages/pool/dist/thread.cjs', '49 kB'),
  entry('pool: the loop', 'packages/pool/dist/loop.cjs', '49.5 kB', theirs),
  entry('pool/synckit', 'packages/pool/dist/synckit.cjs', '8 kB', [...ours, ...theirs, './index.cjs']),
  entry('nest', 'packages/nest/dist/index.js', '13.3 kB', [...ours, ...theirs]),
  entry('nest/worker', 'packages/nest/dist/worker.js', '2 kB', [...ours, ...theirs]),
  entry('nest/build', 'packages/nest/dist/build.js', '1.3 kB', [...ours, ...theirs])
]
