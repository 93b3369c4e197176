import { type ImportArguments, importArguments } from '@bridge/core/internal'
import { isByName } from '../modules/module-name.js'

/** Converts the argument of `import()` into one for core's executor. */
export function importOf(
  where: string,
  args: readonly unknown[]
): ReturnType<typeof importArguments> & { readonly given: [url: URL, options: never] } {
  const [first, second] = args
  const { url, options } = isByName(first)
    ? { url: first, options: second as ReturnType<typeof importArguments>['options'] }
    : importArguments(where, args as unknown as ImportArguments)
  return { url, options, given: [new URL(url), options as never] }
}
