import { inspect } from 'node:util'
import { NotCloneableError } from '@bridge/core'
import {
  type CapturedContext,
  captureCarriers,
  checkFunction,
  copyNameAndLength,
  refuse,
  restoreCaptured,
  restoring
} from '@bridge/core/internal'
import { CARRIED, VARIABLES, type Wire } from './carrier.js'
import { contexts } from './registered.js'
import { withoutOwnFrames } from './without-own-frames.js'

/** A snapshot's form in JSON: each context's encoded value by its name, those of `carry()` under a separate key. */
export type ContextJSON = Readonly<Record<string, unknown>>

/** All contexts of one moment, to be restored later or on another thread. */
export interface ContextSnapshot {
  /** Runs `fn` with the contexts of the snapshot, and returns what `fn` returns. */
  run<R>(fn: () => R): R
  /**
   * The snapshot for `JSON.stringify`, without the contexts that are `local`; `restoreContext` is the inverse.
   *
   * @throws NotCloneableError when a value would not survive JSON, with the name of its context.
   */
  toJSON(): ContextJSON
}

/**
 * Captures the current contexts, to be restored later: by a queue's job, or in a callback of a library that loses them.
 *
 * @example
 * ```ts
 * await queue.add('mail', { to, context: captureContext() })      // stored as JSON
 * worker.process(job => restoreContext(job.data.context).run(() => send(job.data.to)))
 * ```
 */
export function captureContext(): ContextSnapshot {
  const captured = captureCarriers(contexts)
  return {
    run(fn) {
      checkFunction('ContextSnapshot.run()', 'fn', fn)
      return withoutOwnFrames(() => restoreCaptured(captured, fn, contexts))
    },
    toJSON: () => jsonOf(captured)
  }
}

function jsonOf(captured: CapturedContext | undefined): ContextJSON {
  const variables: [name: string, wire: unknown][] = []
  const carried: [name: string, wire: unknown][] = []
  for (const [{ name, encode }, value] of captured ?? []) {
    const wire = encode === undefined ? value : encode(value)
    if (wire === undefined) continue
    if (name === VARIABLES)
      for (const [variable, one] of wire as Wire) variables.push([variable, checked(variable, one)])
    else carried.push([name, checked(name, wire)])
  }
  return joined(variables, carried)
}

/** By Object.fromEntries and not by assignment, because a name may be `__proto__`. */
function joined(
  variables: readonly (readonly [name: string, wire: unknown])[],
  carried: readonly (readonly [name: string, wire: unknown])[]
): ContextJSON {
  const json = Object.fromEntries(variables)
  return carried.length === 0 ? json : { ...json, [CARRIED]: Object.fromEntries(carried) }
}

function checked(name: string, wire: unknown): unknown {
  checkJson(name, wire, new Set())
  return wire
}

/**
 * The snapshot for the result of `captureContext().toJSON()`, after its way through JSON.
 *
 * @throws InvalidArgumentError when it is not an object of values by name, or its part for `carry()` is not.
 * @example
 * ```ts
 * restoreContext(JSON.parse(text)).run(() => handle())
 * ```
 */
export function restoreContext(json: ContextJSON): ContextSnapshot {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    refuse('restoreContext()', 'json must be an object that captureContext().toJSON() has returned', json)
  }
  const { [CARRIED]: carried = {}, ...variables } = json
  if (typeof carried !== 'object' || carried === null || Object.hasOwn(carried, VARIABLES)) {
    refuse(
      'restoreContext()',
      `json['${CARRIED}'] must be the part that captureContext().toJSON() has returned`,
      carried
    )
  }
  const parts = [[VARIABLES, Object.entries(variables)] as const, ...Object.entries(carried)]
  // Only the given contexts and the variables that never travel: other contexts of this code belong to another job.
  const local = captureCarriers(contexts)?.filter(([{ name }]) => name === VARIABLES)
  const restore = restoring(parts.map(([name, wire]) => [name, undefined, wire] as const))
  const snapshot = restoreCaptured(local, () => restore(captureContext), contexts)
  const unknown = Object.entries(carried).filter(([name]) => !contexts.has(name))
  return unknown.length === 0 ? snapshot : withUnknown(snapshot, unknown)
}

/** A snapshot that passes on contexts for which no carrier is registered yet, and restores them once one is. */
function withUnknown(
  snapshot: ContextSnapshot,
  unknown: readonly (readonly [name: string, wire: unknown])[]
): ContextSnapshot {
  const parts = unknown.map(([name, wire]) => [name, undefined, wire] as const)
  return {
    run(fn) {
      checkFunction('ContextSnapshot.run()', 'fn', fn)
      return snapshot.run(() => restoring(parts)(fn))
    },
    toJSON() {
      const { [CARRIED]: carried = {}, ...variables } = snapshot.toJSON()
      return joined(Object.entries(variables), [...Object.entries(carried as object), ...unknown])
    }
  }
}

/**
 * Binds a function to the current contexts: it sees these wherever it is called. For callbacks of event emitters and of
 * libraries that have their own queues.
 *
 * @throws InvalidArgumentError when `fn` is not a function.
 * @example
 * ```ts
 * socket.on('message', bindContext(message => handle(message)))
 * ```
 */
export function bindContext<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  checkFunction('bindContext()', 'fn', fn)
  const captured = captureCarriers(contexts)
  return copyNameAndLength(fn, function (this: unknown, ...args: A): R {
    const call = (): R => Reflect.apply(fn, this, args)
    return withoutOwnFrames(() => restoreCaptured(captured, call, contexts))
  })
}

// JSON.stringify silently drops functions and symbols, empties Maps and turns Dates into strings.
function checkJson(name: string, value: unknown, path: Set<object>): void {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'object' && !path.has(value) && isPlainObject(value)) {
    path.add(value)
    for (const part of Object.values(value)) checkJson(name, part, path)
    path.delete(value)
    return
  }
  throw new NotCloneableError(
    `The context '${name}' would not survive JSON: it holds ${inspect(value, { depth: 0 })}. ` +
      'Pass encode and decode to createContext() or carry(), or leave it out: by local: true of a variable, by pick of a storage.'
  )
}

function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
