import { AsyncLocalStorage } from 'node:async_hooks'
import { checkFunction, checkMilliseconds, checkObject, checkOptions, checkSignal } from '../check.js'
import { now } from '../clock.js'
import { shared } from '../shared.js'
import { hideOwnFrames } from '../wire/stack.js'
import type { TaskInfo } from './task-info.js'

/** The limits of every call made inside a scope. */
export interface Scope {
  readonly deadline: number | undefined
  readonly signals: readonly AbortSignal[]
  /** The task that this code runs in, if any. */
  readonly task: TaskInfo | undefined
}

/** Holds a scope that may be replaced later. */
interface ScopeHolder {
  readonly current: Scope
}

/** Options of `runScope`. */
export interface ScopeOptions {
  /** Aborts every call made inside. */
  signal?: AbortSignal | undefined
  /**
   * When every call made inside must have ended, in milliseconds since the epoch, as `Date.now()` counts. It is
   * converted once: setting the system clock later does not move the deadline.
   */
  deadline?: number | undefined
  /** The same as a number of milliseconds from now; if both are set, the earlier one applies. */
  timeout?: number | undefined
}

// Made on first use: a process without scopes needs no storage. It is shared, because a scope that one copy of core
// opened must bound the calls that another copy makes.
const holder = shared<{
  storage?: AsyncLocalStorage<Scope | ScopeHolder>
  isRead?: boolean
  /** The running tasks for which no scope was entered, because no code could read it when they started. */
  unentered?: { count: number; last: Scope | undefined }
}>('@bridge/core/scope', () => ({}))

// The code of a thread is built in one piece, with a copy of core that reads no scopes. Any other copy may read them.
declare const __BRIDGE_THREAD__: true | undefined
if (typeof __BRIDGE_THREAD__ === 'undefined') holder.isRead = true

/** Whether any code on this thread can read the scope: until then, a task need not enter one. */
export function isScopeRead(): boolean {
  return holder.isRead === true
}

/** The scope that surrounds this code. */
export function currentScope(): Scope | undefined {
  const entered = holder.storage?.getStore()
  if (entered !== undefined) return 'current' in entered ? entered.current : entered
  return holder.unentered?.count === 1 ? holder.unentered.last : undefined
}

/**
 * Records a running task for which no scope is entered, since none of its code can read one; returns a function that
 * records its end. If it loads a copy of core meanwhile, which reads the scope, the scope is the task's as long as it
 * is the only such task.
 */
export function beginUnentered(scope: Scope): () => void {
  holder.unentered ??= { count: 0, last: undefined }
  const { unentered } = holder
  unentered.count++
  unentered.last = scope
  return () => {
    unentered.count--
    if (unentered.last === scope) unentered.last = undefined
  }
}

/** Runs `fn` with exactly this scope around it, or the scope that the holder has at the time. */
export function enterScope<R>(scope: Scope | ScopeHolder, fn: () => R): R {
  holder.storage ??= new AsyncLocalStorage<Scope | ScopeHolder>()
  return holder.storage.run(scope, fn)
}

/**
 * Runs `fn` without a scope: code that outlives the call in which it started must not be bounded by it.
 *
 * @example
 * ```ts
 * emitter.on('message', message => leaveScope(() => callback(message)))
 * ```
 */
export function leaveScope<R>(fn: () => R): R {
  return holder.storage === undefined ? fn() : holder.storage.exit(fn)
}

/** Runs `fn` with exactly this scope around it, or none; directly if that is the current state. */
export function inScope<R>(scope: Scope | undefined, fn: () => R): R {
  if (currentScope() === scope) return fn()
  return scope === undefined ? leaveScope(fn) : enterScope(scope, fn)
}

/** Whether any scope was ever set in this process: until then, none has to be left. */
export function hasScopes(): boolean {
  return holder.storage !== undefined
}

/**
 * Bounds every call that is made while `fn` runs, also after its awaits: `signal` aborts them, `deadline` and `timeout`
 * end them. Scopes nest: a call inside has the earliest deadline and every signal. Returns the result of `fn`; `fn`
 * itself is not interrupted.
 *
 * @throws InvalidArgumentError when an option is invalid.
 * @example
 * ```ts
 * await runScope({ timeout: 2000, signal: request.signal }, async () => {
 *   const user = await tasks.fetchUser(1)      // has 2 s
 *   return tasks.hash(user.name, 10)           // has what is left of them
 * })
 * ```
 */
export function runScope<R>(options: ScopeOptions, fn: () => R): R {
  checkFunction('runScope()', 'fn', fn)
  const scope = scopeWithin(currentScope(), options, 'runScope()')
  try {
    return enterScope(scope, fn)
  } catch (error) {
    hideOwnFrames(error)
    throw error
  }
}

/** The scope of these options, nested in another scope. */
export function scopeWithin(outer: Scope | undefined, options: ScopeOptions, where: string): Scope {
  checkObject(where, 'options', options)
  checkOptions(where, options, ['signal', 'deadline', 'timeout'])
  checkSignal(where, options.signal)
  checkMilliseconds(where, 'deadline', options.deadline)
  checkMilliseconds(where, 'timeout', options.timeout)
  const began = now()
  const { deadline, timeout } = options
  // The system clock may be set from now on; the deadline does not move with it.
  const ownDeadline = deadline === undefined ? undefined : began + (deadline - Date.now())
  return {
    deadline: earliest(
      outer?.deadline,
      earliest(ownDeadline, timeout === undefined ? undefined : began + timeout)
    ),
    signals: withSignal(outer?.signals, options.signal),
    task: outer?.task
  }
}

const NO_SIGNALS: readonly AbortSignal[] = []

/** A scope's signals, and one more if given. */
export function withSignal(
  signals: readonly AbortSignal[] = NO_SIGNALS,
  signal: AbortSignal | undefined
): readonly AbortSignal[] {
  return signal === undefined ? signals : [...signals, signal]
}

/** The earlier of two deadlines; `undefined` and `Infinity` mean none. */
export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  const limit = Math.min(a ?? Infinity, b ?? Infinity)
  return limit === Infinity ? undefined : limit
}
