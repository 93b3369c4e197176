import type { Call } from '../call/types.js'
import { checkText, refuse } from '../check.js'
import type { TaskOperation } from '../executor/executor.js'
import { presentResource } from '../resource/remote-resource.js'
import { callRemote, exportTarget, memberTarget } from './member.js'
import { exportOf, referenceTo } from './object-reference.js'
import type { Behind } from './types.js'

/**
 * Reads a property of a remote object, or of a remote class: returns a call, to be awaited or blocked on.
 *
 * @throws InvalidArgumentError when `object` is not a remote object or class.
 * @example
 * ```ts
 * const db = new tasks.Database('app.db')
 * await read(db, 'size')
 * read(tasks.Database, 'version').runSync()
 * ```
 */
export function read<T, K extends keyof T & string>(object: Behind<T>, key: K): Call<T[K]> {
  return access('read()', 'get', object, key, []) as unknown as Call<T[K]>
}

/**
 * Writes a property of a remote object, or of a remote class; the call settles when it is written.
 *
 * @throws InvalidArgumentError when `object` is not a remote object or class.
 * @example
 * ```ts
 * await write(db, 'readOnly', true)
 * ```
 */
export function write<T, K extends keyof T & string>(object: Behind<T>, key: K, value: T[K]): Call<void> {
  return access('write()', 'set', object, key, [value]) as unknown as Call<void>
}

function access(
  where: string,
  operation: TaskOperation,
  object: unknown,
  key: string,
  args: readonly unknown[]
): ReturnType<typeof callRemote> {
  checkText(where, 'key', key)
  const reference = referenceTo(object)
  if (reference !== undefined) {
    const target = { ...memberTarget(reference, operation, key), present: presentResource }
    return callRemote(target, reference, args)
  }
  const remote =
    exportOf(object) ??
    refuse(where, 'object must be a remote object, class, exported object or module', object)
  return callRemote(exportTarget(remote, operation, key), undefined, args)
}
