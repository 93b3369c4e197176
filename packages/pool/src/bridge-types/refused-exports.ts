import { basename } from 'node:path'
import { isHidden } from '@bridge/core/internal'
import type { ValueKind } from './exports.js'

/** What to write instead of an export that has to be loaded on the thread of its users. */
export function refusalOfValue(what: ValueKind, name: string, input: string): string {
  const own = `in a module of its own, and here \`export { ${name} } from './that-module.js'\``
  const module = basename(input)
  const said: Record<ValueKind, string> = {
    constant:
      `the constant ${name} is not known without loading ${module} on the thread of its users, which the output never does. ` +
      `Write it ${own}; functions inside of an object have to be exported by themselves`,
    variable:
      `the variable ${name} has a value of its own on each thread. Export a function that returns it, or, where it ` +
      `never changes, write it as a constant ${own}`,
    'error class':
      `the error class ${name} is needed where its errors are caught, for \`instanceof\`, and ${module} is never loaded ` +
      `there. Write it ${own}: the output then exports that class and registers it, so that it is the class of what is thrown`,
    enum: `the enum ${name} is needed where it is used, and ${module} is never loaded there. Write it ${own}`,
    namespace:
      `the namespace ${name} can't be called from elsewhere. Export its functions by themselves; for those of another module ` +
      'run bridge-types on that, and write `export * as ns from` its output beside this output',
    'class expression': `${name} is a class that stands in a constant. Write it as a declaration: export class ${name} { … }`,
    'export =':
      '`export =` exports one value and no names. Write `export` before each function and class instead'
  }
  return said[what]
}

/** Why a value can't be loaded from the module that declares it. */
export function sharedModule(name: string, module: string, other: string, isOwn: boolean): string {
  const instead = isOwn
    ? `Write ${name} in a module of its own, and export it from there`
    : `Export by their names those that are to be called: export { ${other} } from …`
  return (
    `${name} stands in ${basename(module)} together with ${other}, so that loading it for the one would load what belongs ` +
    `to the thread of the other. ${instead}`
  )
}

/** The name of a function that a remote module does not have, and why. */
export function refusalOfName(name: string): readonly [readonly [string, string]] | undefined {
  if (!isHidden(name)) return undefined
  return [
    [
      name,
      `a function of the name ${name} can't be called from elsewhere: what awaits, prints or injects a module asks for that name. Export it under another one`
    ]
  ]
}
