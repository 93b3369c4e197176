import { AsyncLocalStorage } from 'node:async_hooks'
import { checkFunction, checkMilliseconds, checkObject, checkOptions, checkSignal } from '../check.js'
import { now } from '../clock.js'
import { shared } from '../shared.js'
import { hideOwnFrames } from '../wire/stack.js'
import type { TaskInfo } from './task-info.js'

/** What bounds every call made inside a scope. */
export interface Scope {
  readonly deadline: number | undefined
  readonly signals: readonly AbortSignal[]
  /** The task this code runs in, where it is one. */
  readonly task: TaskInfo | undefined
}

/** What stands for a scope that may be another one later. */
interface ScopeHolder {
  readonly current: Scope
}

/** What `runScope` sets. */
export interface ScopeOptions {
  /** Aborts every call made inside. */
  signal?: AbortSignal | undefined
  /**
   * When every call made inside must have ended, in milliseconds since the epoch, as `Date.now()` counts. It is converted
   * once: a system clock that is set later moves no deadline.
   */
  deadline?: number | undefined
  /** The same as a number of milliseconds from now; of the two the earlier one holds. */
  timeout?: number | undefined
}

// Made on first use: a process that sets no scope pays for no storage. It is shared, because a scope that one
// copy of core opened must bound the calls that another copy makes.
const holder = shared<{
  storage?: AsyncLocalStorage<Scope | ScopeHolder>
  isRead?: boolean
  /** The tasks under way that began while no code could ask for the scope, so that none was entered for them. */
  unentered?: { count: number; last: Scope | undefined }
}>('@bridge/core/scope', () => ({}))

// What a thread runs is built in one piece, with a copy of core that reads no scope for anybody. Any other copy may.
declare const __BRIDGE_THREAD__: true | undefined
if (typeof __BRIDGE_THREAD__ === 'undefined') holder.isRead = true

/** Whether anybody on this thread can ask for the scope: while nobody can, a task need not pay for having one. */
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
 * Notes a task as under way for whose code no scope is entered, since none of it can ask for one; returns what notes its
 * end. It may load a copy of core meanwhile, and ask: as long as it is the only such task, the scope is its own.
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

/** Runs `fn` with exactly this scope around it, or the one that is held at the time. */
export function enterScope<R>(scope: Scope | ScopeHolder, fn: () => R): R {
  holder.storage ??= new AsyncLocalStorage<Scope | ScopeHolder>()
  return holder.storage.run(scope, fn)
}

/**
 * Runs `fn` with no scope around it: what outlives the call that it began in must not be bounded by it.
 *
 * @example
 * ```ts
 * emitter.on('message', message => leaveScope(() => callback(message)))
 * ```
 */
export function leaveScope<R>(fn: () => R): R {
  return holder.storage === undefined ? fn() : holder.storage.exit(fn)
}

/** Runs `fn` with exactly this scope around it, or none; at once where that is so already. */
export function inScope<R>(scope: Scope | undefined, fn: () => R): R {
  if (currentScope() === scope) return fn()
  return scope === undefined ? leaveScope(fn) : enterScope(scope, fn)
}

/** Whether any scope was ever set in this process: while none was, none has to be left. */
export function hasScopes(): boolean {
  return holder.storage !== undefined
}

/**
 * Bounds every call that is made while `fn` runs, also after its awaits: `signal` aborts them, `deadline` and
 * `timeout` end them. Scopes nest: a call inside has the earliest deadline and every signal. Returns what `fn`
 * returns; `fn` itself is not interrupted.
 *
 * @throws InvalidArgumentError when an option makes no sense.
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

/** The scope that the options make inside of another one. */
export function scopeWithin(outer: Scope | undefined, options: ScopeOptions, where: string): Scope {
  checkObject(where, 'options', options)
  checkOptions(where, options, ['signal', 'deadline', 'timeout'])
  checkSignal(where, options.signal)
  checkMilliseconds(where, 'deadline', options.deadline)
  checkMilliseconds(where, 'timeout', options.timeout)
  const began = now()
  const { deadline, timeout } = options
  // The system clock may move from now on; a deadline does not move with it.
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

/** A scope's signals, and one more where there is one. */
export function withSignal(
  signals: readonly AbortSignal[] = NO_SIGNALS,
  signal: AbortSignal | undefined
): readonly AbortSignal[] {
  return signal === undefined ? signals : [...signals, signal]
}

/** The earlier of two deadlines, where `undefined` and `Infinity` are none. */
export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  const limit = Math.min(a ?? Infinity, b ?? Infinity)
  return limit === Infinity ? undefined : limit
}
