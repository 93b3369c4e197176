import { manifestOf } from '@bridge/core/internal'

/**
 * The URL by which a thread can import a module of this package; `undefined` in a bundle, where it is no module by itself:
 * a thread has it then where a module of tasks has brought it along.
 */
export function ownModule(url: string): string | undefined {
  return manifestOf(url) === undefined ? undefined : url
}
