import type { CallTarget } from '../call/target.js'
import { inline } from '../inline/inline.js'
import { kindOf } from '../kind.js'
import type { CallOptions } from '../options.js'

/** A function of this thread that runs on this thread. */
export function localTarget(
  name: string,
  fn: (...args: never[]) => unknown,
  options: CallOptions | undefined
): CallTarget {
  return { name, executor: inline, module: undefined, fn, kind: kindOf(fn), options }
}
