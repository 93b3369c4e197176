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
const theirs = [
  '@nestjs/common',
  '@nestjs/core',
  'rxjs',
  'synckit',
  '@nats-io/transport-node',
  'bullmq',
  'ioredis'
]

export default [
  entry('core', 'packages/core/dist/index.js', '30.1 kB', [
    './load-module-*',
    './loss-warning-*',
    './map-awaited-*'
  ]),
  entry('core/executor', 'packages/core/dist/executor/index.js', '31 kB'),
  entry('core/internal', 'packages/core/dist/internal/index.js', '31 kB'),
  entry('core: the file that Node loads', 'packages/core/dist/all.js', '33.5 kB', [
    './load-module-*',
    './loss-warning-*',
    './map-awaited-*'
  ]),
  entry('context', 'packages/context/dist/index.js', '3 kB', ours),
  entry('context/otel', 'packages/context/dist/otel.js', '2 kB', [...ours, '@opentelemetry/api']),
  entry('context/cls', 'packages/context/dist/cls.js', '2 kB', [...ours, 'nestjs-cls']),
  entry('iter', 'packages/iter/dist/index.js', '15.2 kB', ours),
  // Of which 62 kB are the text of a thread, for bundles; the names in it are not shortened, since messages contain them.
  entry('pool', 'packages/pool/dist/index.js', '90.4 kB', [...ours, ...theirs]),
  entry('pool: what its threads run', 'packages/pool/dist/worker-text.js', '63 kB'),
  entry('pool/synckit', 'packages/pool/dist/synckit.cjs', '8.5 kB', [...ours, ...theirs, './index.cjs']),
  entry('cluster', 'packages/cluster/dist/index.js', '19.1 kB', ours),
  entry('cluster/nats', 'packages/cluster/dist/nats.js', '3.8 kB', [...ours, ...theirs]),
  entry('cluster/bullmq', 'packages/cluster/dist/bullmq.js', '7 kB', [...ours, ...theirs]),
  entry('cluster: a thread', 'packages/cluster/dist/thread.js', '3 kB', ours),
  entry('nest', 'packages/nest/dist/index.js', '13.3 kB', [...ours, ...theirs]),
  entry('nest/worker', 'packages/nest/dist/worker.js', '2 kB', [...ours, ...theirs]),
  entry('nest/build', 'packages/nest/dist/build.js', '1.3 kB', [...ours, ...theirs])
]
