import { getEventListeners } from 'node:events'
import { RootContext } from '../ambient.js'
import { now, Timer } from '../clock.js'
import { CallTimeoutError } from '../errors/errors.js'
import { shared } from '../shared.js'
import { currentScope, type Scope } from './scope.js'
import { onAbort, reasonOf } from './signal-listeners.js'

/** A scope's signal, and the function that aborts it. */
interface Signalled {
  readonly signal: AbortSignal
  readonly abort: (reason: unknown) => void
}

/**
 * What the timer of a scope and the signals that it follows reference of the scope's own signal: nothing, unless that
 * has a listener.
 */
interface Link {
  readonly followed: WeakRef<AbortSignal>
  listenedTo: AbortSignal | undefined
  timer: Timer | undefined
  readonly ignored: (() => void)[]
}

// Shared: a scope has one signal for all copies of core.
const signals = shared('@bridge/core/scope-signals', () => ({
  ofScopes: new WeakMap<Scope, Signalled>(),
  aborts: new WeakMap<AbortSignal, Signalled['abort']>()
}))

/** A timer holds the context in which it is made, and with it the scope. */
const outside = new RootContext()

const collected = new FinalizationRegistry<Link>(unlink)

/**
 * A signal that aborts when the surrounding scope or task must end: with the reason of one of its signals, or with a
 * `CallTimeoutError` when its deadline has passed. Inside a scope it is always the same signal; inside a task it is the
 * task's signal, combined with those of scopes inside the task; `undefined` if this code has no limits. Its timer does
 * not keep the process alive.
 *
 * @example
 * ```ts
 * await runScope({ timeout: 2000 }, async () => {
 *   const response = await fetch(url, { signal: currentSignal() })
 *   …
 * })
 * ```
 */
export function currentSignal(): AbortSignal | undefined {
  const scope = currentScope()
  if (scope === undefined) return undefined
  // A task is the scope of the calls that it makes.
  if ((scope.task as unknown) === scope) return scope.task?.signal
  const [only] = scope.signals
  if (scope.deadline === undefined) {
    if (only === undefined) return undefined
    if (scope.signals.length === 1 && only instanceof AbortSignal) return only
  }
  let signalled = signals.ofScopes.get(scope)
  if (signalled === undefined) {
    signalled = follow(scope)
    signals.ofScopes.set(scope, signalled)
  }
  // If this thread was busy, the timer fires too late for the current caller.
  const { deadline } = scope
  if (deadline !== undefined && now() >= deadline) signalled.abort(late())
  return signalled.signal
}

/**
 * How many milliseconds are left until the deadline of the surrounding scope or task, 0 when it has passed; `undefined`
 * if there is none. It can be passed as an option that means no limit when it is not set.
 *
 * @example
 * ```ts
 * await database.query(sql, { timeout: timeLeft() })
 * ```
 */
export function timeLeft(): number | undefined {
  const deadline = currentScope()?.deadline
  return deadline === undefined ? undefined : Math.max(deadline - now(), 0)
}

function late(): CallTimeoutError {
  return new CallTimeoutError('The deadline of the scope has passed', undefined)
}

function follow({ signals: followed, deadline }: Scope): Signalled {
  const controller = new AbortController()
  const { signal } = controller
  const link: Link = {
    followed: new WeakRef(signal),
    listenedTo: undefined,
    timer: undefined,
    ignored: []
  }
  const abort = (reason: unknown): void => {
    unlink(link)
    controller.abort(reason)
  }
  // As long as the signal is referenced, so is the function that aborts it.
  signals.aborts.set(signal, abort)
  keepWhileListenedTo(signal, link)
  const aborted = followed.find(one => one.aborted)
  if (aborted !== undefined) abort(reasonOf(aborted))
  else listen(link, followed, deadline)
  collected.register(signal, link)
  return { signal, abort }
}

/** A separate function: a closure in the function above would hold the signal. */
function listen(link: Link, followed: readonly AbortSignal[], deadline: number | undefined): void {
  const abort = (reason: unknown): void => {
    const signal = link.followed.deref()
    if (signal !== undefined) signals.aborts.get(signal)?.(reason)
  }
  for (const signal of followed) link.ignored.push(onAbort(signal, abort))
  if (deadline !== undefined) {
    link.timer = outside.run(() => new Timer(deadline - now(), () => abort(late())).keepAlive(false))
  }
}

function unlink(link: Link): void {
  link.listenedTo = undefined
  link.timer?.stop()
  for (const ignore of link.ignored.splice(0)) ignore()
}

/** The code that waits for the signal may be referenced only by its listener. */
function keepWhileListenedTo(signal: AbortSignal, link: Link): void {
  for (const method of ['addEventListener', 'removeEventListener'] as const) {
    const own = signal[method]
    Object.defineProperty(signal, method, {
      value(this: AbortSignal, ...args: Parameters<typeof own>): void {
        Reflect.apply(own, this, args)
        const isListenedTo = !signal.aborted && getEventListeners(signal, 'abort').length > 0
        link.listenedTo = isListenedTo ? signal : undefined
      },
      configurable: true,
      writable: true
    })
  }
}
