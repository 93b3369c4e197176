import { manifestOf } from '@bridge/core/internal'

/**
 * The URL by which a thread can import a module of this package; `undefined` in a bundle, which does not contain it as a
 * module of its own: then a thread has it only if a task module imports it.
 */
export function ownModule(url: string): string | undefined {
  return manifestOf(url) === undefined ? undefined : url
}
