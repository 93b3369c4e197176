import { type CapturedContext, captureCarriers, hasCarriers, restoreCaptured } from '../context/carriers.js'
import { currentScope, hasScopes, inScope, type Scope } from '../scope/scope.js'

/** What surrounds the place where a call is made: it belongs there, wherever it is consumed. */
export interface Making {
  readonly scope: Scope | undefined
  readonly captured: CapturedContext | undefined
  /** Whether the call's outcome is looked at, by its caller or whatever it was handed to. */
  isLookedAt: boolean
}

/** What surrounds this code; `undefined` where nothing is set. */
export function makingNow(): Making | undefined {
  const scope = currentScope()
  const captured = captureCarriers()
  return scope === undefined && captured === undefined ? undefined : { scope, captured, isLookedAt: false }
}

/** Whether any scope or context can be set on this thread: while none can, none has to be put in place. */
export function hasSurroundings(): boolean {
  return hasScopes() || hasCarriers()
}

/** Runs `fn` in the scope and the context of a call's making. */
export function inMaking<R>(making: Making | undefined, fn: () => R): R {
  if (!hasSurroundings()) return fn()
  return restoreCaptured(making?.captured, () => inScope(making?.scope, fn))
}
