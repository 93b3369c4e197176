import { checkFunction } from './check.js'
import { isIterableInstance } from './iterable-instance.js'
import { referenceTo } from './object/object-reference.js'

/** What a function is, as far as it can be known before it is called. */
export type Kind = 'sync' | 'async' | 'generator' | 'asyncGenerator'

type AnyFunction = (...args: never[]) => unknown

const KINDS = new Map<string, Kind>([
  ['AsyncFunction', 'async'],
  ['GeneratorFunction', 'generator'],
  ['AsyncGeneratorFunction', 'asyncGenerator']
])

const declaredKinds = new WeakMap<object, Kind>()

/** Records the kind of a wrapper, which its own form does not show. */
export function declareKind(wrapper: object, kind: Kind): void {
  declaredKinds.set(wrapper, kind)
}

/**
 * Returns the kind of the function `fn`. A bound function has the kind of its target, and a function wrapped by
 * `bridge` that of the wrapped function. 'sync' means "plain": a transpiled async function, or any plain function, may
 * still return a promise or an iterator, and its call is then treated according to its result (`kindOfResult`).
 *
 * @throws InvalidArgumentError when `fn` is not a function.
 * @example
 * ```ts
 * kindOf(async () => 1)      // 'async'
 * kindOf(function* () {})    // 'generator'
 * kindOf(Math.max)           // 'sync'
 * ```
 */
export function kindOf(fn: AnyFunction): Kind {
  checkFunction('kindOf()', 'fn', fn)
  const declared = declaredKinds.get(fn)
  if (declared !== undefined) return declared
  // The tag lives on the intrinsic prototype, which a bound function shares with its target.
  const tag: unknown = (Object.getPrototypeOf(fn) as { [Symbol.toStringTag]?: unknown } | null)?.[
    Symbol.toStringTag
  ]
  return (typeof tag === 'string' ? KINDS.get(tag) : undefined) ?? 'sync'
}

/**
 * Returns the kind that a call has according to its result: a thenable is 'async', an iterator is 'generator', an async
 * iterable is 'asyncGenerator', anything else a value ('sync'). Arrays, Maps, Sets, typed arrays and strings are
 * values: they are iterable, but they are not iterators.
 *
 * If the value `crosses` to another thread, as the results of a module's functions do on every executor, an instance of
 * a class with `[Symbol.iterator]` and no own enumerable property is a 'generator', too: a copy of it would be empty.
 *
 * @example
 * ```ts
 * kindOfResult(fetch('…'))        // 'async'
 * kindOfResult([1, 2, 3])         // 'sync'
 * kindOfResult([1, 2].values())   // 'generator'
 * ```
 */
export function kindOfResult(value: unknown, crosses = false): Kind {
  // A thenable first: a database query is often iterable too, and represents the value it resolves to.
  return isThenable(value) ? 'async' : kindOfAwaited(value, crosses)
}

/** The same for an awaited value, whose `then` is ignored. */
export function kindOfAwaited(value: unknown, crosses: boolean): Exclude<Kind, 'async'> {
  if (typeof value !== 'object' || value === null) return 'sync'
  // It is iterable, but it is a remote object.
  if (referenceTo(value) !== undefined) return 'sync'
  if (typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function') {
    return 'asyncGenerator'
  }
  // Most iterable values are arrays.
  if (Array.isArray(value) || typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
    return 'sync'
  }
  if (typeof (value as Partial<Iterator<unknown>>).next === 'function') return 'generator'
  return crosses && isIterableInstance(value) ? 'generator' : 'sync'
}

/** Whether `await` would wait for it. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  return typeof (value as { then?: unknown }).then === 'function'
}

/** Whether a value of this kind is consumed item by item. */
export function streams(kind: Kind): boolean {
  return kind === 'generator' || kind === 'asyncGenerator'
}
