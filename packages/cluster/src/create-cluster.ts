import { InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkOptions, checkText, hideFrames, refuse } from '@bridge/core/internal'
import { BlockingCluster } from './blocking/blocking-cluster.js'
import { ClusterExecutor } from './caller/cluster-executor.js'
import type { Cluster, ClusterOptions } from './cluster.js'
import { memory } from './engine/memory.js'
import { checkRuntime } from './wire/check-runtime.js'

hideFrames(import.meta.url)

const WHERE = 'createCluster()'

/**
 * Makes an executor whose calls run on other machines. Nothing is connected before the first call. Its connection to a server
 * keeps the process alive until `close()`; with `memory()` only calls do, until they have ended.
 *
 * @throws InvalidArgumentError when an option is invalid, and on Bun, whose node:v8 has no Serializer.
 * @example
 * ```ts
 * const cluster = createCluster({ engine: nats('nats://127.0.0.1:4222') })
 * const tasks = cluster.import<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
 * await tasks.hash('x', 10).with({ timeout: 500 })
 * await cluster.close()
 * ```
 */
export function createCluster(options: ClusterOptions = {}): Cluster {
  checkRuntime(WHERE)
  checkOptions(WHERE, options ?? null, ['engine', 'name', 'queue', 'version', 'blocking'])
  const { engine = memory(), name = 'cluster', queue, version, blocking = false } = options
  checkFunction(WHERE, 'engine.connect', (engine as Partial<typeof engine> | null)?.connect)
  checkText(WHERE, 'name', name)
  if (queue !== undefined) checkText(WHERE, 'queue', queue)
  if (version !== undefined) checkText(WHERE, 'version', version)
  if (typeof blocking !== 'boolean') refuse(WHERE, 'blocking must be true or false', blocking)
  if (!blocking) return new ClusterExecutor({ name, engine, queue, version })
  if (engine.recipe === undefined) {
    throw new InvalidArgumentError(
      `${WHERE}: blocking needs an engine that another thread can create; ${engine.name} exists only on this thread` +
        (engine.name === 'memory' ? '' : ', because its options are not plain data')
    )
  }
  return new BlockingCluster({ name, engine, queue, version }, engine.recipe)
}
