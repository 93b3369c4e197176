import { declareCallFactory } from '../call/call-mark.js'
import { refuse } from '../check.js'
import { isHidden } from '../remote/hidden-keys.js'
import { presentResource } from '../resource/remote-resource.js'
import { disposeAwaited, disposeBlocking } from './dispose.js'
import { callRemote, memberTarget } from './member.js'
import { namedFunctions } from './named-functions.js'
import { addStub, type ObjectReference } from './object-reference.js'
import { readOnly } from './read-only.js'

/**
 * The stub of an object that an executor keeps, which its user holds: its methods return calls. There is one for each
 * object. For authors of executors.
 *
 * @example
 * ```ts
 * return stubOf(newReference(this, 'Database', id, worker))
 * ```
 */
export function stubOf(reference: ObjectReference): object {
  reference.stub ??= addStub(makeStub(reference), reference)
  return reference.stub
}

function makeStub(reference: ObjectReference): object {
  const print = (): string => `Remote ${reference.name} on ${reference.executor.name}`
  const method = namedFunctions(name => {
    const target = { ...memberTarget(reference, 'method', name), present: presentResource }
    return declareCallFactory((...args: unknown[]) => callRemote(target, reference, args))
  })
  const items = (): ReturnType<typeof callRemote> =>
    callRemote(memberTarget(reference, 'iterate', '[Symbol.iterator]'), reference, [])
  const symbols: Record<symbol, unknown> = {
    [Symbol.toPrimitive]: print,
    [Symbol.asyncDispose]: () => disposeAwaited(reference),
    [Symbol.dispose]: () => disposeBlocking(reference),
    [Symbol.asyncIterator]: () => items()[Symbol.asyncIterator](),
    [Symbol.iterator]: () => items()[Symbol.iterator]()
  }
  // JSON.stringify() passes the key. An assertion library that prints passes no argument.
  const toJSON = (...key: readonly unknown[]): string =>
    key.length === 0
      ? print()
      : refuse(
          'JSON.stringify()',
          'a remote object has no data here; await its methods, or read(object, key)',
          print()
        )
  return readOnly(print, key => {
    if (typeof key === 'symbol') return symbols[key]
    if (key === 'toJSON') return toJSON
    return isHidden(key) ? undefined : method(key)
  })
}
