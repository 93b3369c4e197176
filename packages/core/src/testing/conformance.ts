import { checkObject } from '../check.js'
import type { Abilities, ConformanceCase } from './bench.js'
import { blockingAll, blockingSync, refusesToBlock } from './cases/blocking.js'
import { blockingAndAsync, blockingAndAsyncOfAll } from './cases/blocking-and-async.js'
import { blockingAllObjects, blockingObjects } from './cases/blocking-objects.js'
import { closing } from './cases/closing.js'
import { context } from './cases/context.js'
import { driving, drivingBlocking, drivingBlockingAll } from './cases/driving.js'
import { errors, notCloneable } from './cases/errors.js'
import { handles } from './cases/handles.js'
import { instances } from './cases/instances.js'
import { blockingAllIterables, blockingIterables, iterables, objectIterables } from './cases/iterables.js'
import { limits } from './cases/limits.js'
import { making, makingBlocking, order, orderBlocking } from './cases/making.js'
import { modules } from './cases/modules.js'
import { objects, refusesObjects } from './cases/objects.js'
import { blockingAllResources, blockingResources, resources, resourcesElsewhere } from './cases/resources.js'
import { exported, staying } from './cases/staying.js'
import { streams } from './cases/streams.js'
import { blockingThenables, objectThenables, thenables } from './cases/thenables.js'
import { values } from './cases/values.js'

/**
 * The cases that an executor with these abilities must pass, for any test runner: they depend only on `node:assert`.
 * Run them in order on one executor; the last ones close it.
 *
 * @example
 * ```ts
 * import { conformanceCases } from '@bridge/core/testing'
 * import { test } from 'node:test'
 *
 * const executor = new ProcessExecutor()
 * for (const { name, run } of conformanceCases(executor)) test(name, () => run(executor))
 * ```
 */
export function conformanceCases(abilities: Abilities): readonly ConformanceCase[] {
  checkObject('conformanceCases()', 'abilities', abilities)
  const isElsewhere = abilities.place === 'elsewhere'
  const { canBlock, keepsObjects } = abilities
  return [
    ...values,
    ...thenables,
    ...errors,
    ...(isElsewhere ? notCloneable : []),
    ...streams,
    ...iterables,
    ...driving,
    ...limits,
    ...context,
    ...making,
    ...modules,
    ...(keepsObjects
      ? [
          ...instances,
          ...objects,
          ...handles,
          ...objectThenables,
          ...objectIterables,
          ...order,
          ...staying,
          ...exported,
          ...resources
        ]
      : refusesObjects),
    ...(keepsObjects && isElsewhere ? resourcesElsewhere : []),
    ...(keepsObjects && (canBlock || !isElsewhere)
      ? [...blockingObjects, ...orderBlocking, ...blockingAndAsync, ...blockingResources]
      : []),
    ...(keepsObjects && canBlock
      ? [...blockingAllObjects, ...blockingAndAsyncOfAll, ...blockingAllResources]
      : []),
    ...(canBlock || !isElsewhere
      ? [...blockingSync, ...blockingIterables, ...makingBlocking, ...drivingBlocking]
      : []),
    ...(canBlock
      ? [...blockingAll, ...blockingAllIterables, ...blockingThenables, ...drivingBlockingAll]
      : refusesToBlock),
    ...(isElsewhere ? closing : [])
  ]
}
