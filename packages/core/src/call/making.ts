import { type CapturedContext, captureCarriers, hasCarriers, restoreCaptured } from '../context/carriers.js'
import { isTraced, TracedCall } from '../diagnostics/call-trace.js'
import { currentScope, hasScopes, inScope, type Scope } from '../scope/scope.js'

/** What surrounds the place where a call is made: it belongs there, wherever it is consumed. */
export interface Making {
  readonly scope: Scope | undefined
  /** Of a call that is traced and lazy, from its beginning on. */
  captured: CapturedContext | undefined
  /** Whether the call's outcome is looked at, by its caller or whatever it was handed to. */
  isLookedAt: boolean
  readonly traced: TracedCall | undefined
}

/** What surrounds this code; `undefined` where nothing is set. */
export function makingNow(): Making | undefined {
  const scope = currentScope()
  const captured = captureCarriers()
  return scope === undefined && captured === undefined
    ? undefined
    : { scope, captured, isLookedAt: false, traced: undefined }
}

/** The same for a call that is made here, traced where there are tracers. Of one that is lazy the trace begins later. */
export function makingOf(
  target: ConstructorParameters<typeof TracedCall>[0],
  isLazy = false
): Making | undefined {
  if (!isTraced()) return makingNow()
  const making = {
    scope: currentScope(),
    captured: undefined,
    isLookedAt: false,
    traced: new TracedCall(target)
  }
  if (!isLazy) beginTrace(making)
  return making
}

/** The call begins, where it is traced and has not: what is bound to that travels with it. */
export function beginTrace(making: Making | undefined): TracedCall | undefined {
  const traced = making?.traced
  traced?.begin(() => {
    ;(making as Making).captured = captureCarriers()
  })
  return traced
}

/** Whether any scope or context can be set on this thread: while none can, none has to be put in place. */
export function hasSurroundings(): boolean {
  return hasScopes() || hasCarriers()
}

/** Runs `fn` in the scope and the context of a call's making. */
export function inMaking<R>(making: Making | undefined, fn: () => R): R {
  const traced = making?.traced
  if (traced !== undefined) return traced.run(() => inSurroundings(making, fn))
  return inSurroundings(making, fn)
}

function inSurroundings<R>(making: Making | undefined, fn: () => R): R {
  if (!hasSurroundings()) return fn()
  return restoreCaptured(making?.captured, () => inScope(making?.scope, fn))
}
