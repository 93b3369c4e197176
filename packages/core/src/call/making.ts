import { type CapturedContext, captureCarriers, hasCarriers, restoreCaptured } from '../context/carriers.js'
import { isTraced, TracedCall } from '../diagnostics/call-trace.js'
import { currentScope, hasScopes, inScope, type Scope } from '../scope/scope.js'

/** The surroundings in which a call is made: it belongs to them, wherever it is consumed. */
export interface Making {
  readonly scope: Scope | undefined
  /** For a call that is traced and lazy: set when the call begins. */
  captured: CapturedContext | undefined
  /** Whether the call's outcome is handled, by its caller or by code that the call was handed to. */
  isLookedAt: boolean
  readonly traced: TracedCall | undefined
}

/** The surroundings of the running code; `undefined` when none are set. */
export function makingNow(): Making | undefined {
  const scope = currentScope()
  const captured = captureCarriers()
  return scope === undefined && captured === undefined
    ? undefined
    : { scope, captured, isLookedAt: false, traced: undefined }
}

/** The same for a call that is made here, traced if there are tracers. The trace of a lazy call begins later. */
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

/** Begins the trace of a call that is traced and has not begun: what is bound to the trace travels with the call. */
export function beginTrace(making: Making | undefined): TracedCall | undefined {
  const traced = making?.traced
  traced?.begin(() => {
    ;(making as Making).captured = captureCarriers()
  })
  return traced
}

/** Whether a scope or context can be set on this thread: while none can, none has to be restored. */
export function hasSurroundings(): boolean {
  return hasScopes() || hasCarriers()
}

/** Runs `fn` in the scope and the context in which a call was made. */
export function inMaking<R>(making: Making | undefined, fn: () => R): R {
  const traced = making?.traced
  if (traced !== undefined) return traced.run(() => inSurroundings(making, fn))
  return inSurroundings(making, fn)
}

function inSurroundings<R>(making: Making | undefined, fn: () => R): R {
  if (!hasSurroundings()) return fn()
  return restoreCaptured(making?.captured, () => inScope(making?.scope, fn))
}
