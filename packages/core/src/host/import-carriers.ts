import { missingCarriers } from '../context/arrived.js'
import type { CarriedContext } from '../context/carried.js'
import { carrierOf } from '../context/carriers.js'
import { TaskNotFoundError } from '../errors/errors.js'
import { startsApplication } from './entry-module.js'
import type { HostTask } from './host-task.js'
import { importNamespace } from './import-namespace.js'
import { notLoaded } from './loaded-modules.js'
import { sourceOf } from './source-of.js'
import { importTypeScript, isTypeScript } from './typescript.js'

/** The part of a task that says which carriers it needs, and who named them. */
type Needing = Pick<HostTask, 'context' | 'carriers'>

/** The modules that this thread must import before it can restore the context of a task. */
export function missingFor({ context, carriers }: Needing): readonly string[] {
  if (carriers === undefined) return missingCarriers(context)
  const isKnown = context === undefined || context.every(([name]) => carrierOf(name) !== undefined)
  return isKnown ? [] : carriers.filter(module => !own.has(module))
}

/** Of the modules that the host itself names, those that have been imported here. */
const own = new Set<string>()

/**
 * Imports the modules that this thread needs to restore a context, and has not imported yet. A module whose import
 * would start the application again is skipped.
 *
 * @throws TaskNotFoundError when a module can't be loaded, or does not register a carrier of the name that the caller
 * gave.
 */
export function importCarriers(task: Needing): Promise<unknown>[] {
  const missing = missingFor(task).filter(module => !startsApplication(module))
  if (task.carriers !== undefined) return missing.map(importOwn)
  return missing.map(module => importCarrier(namesOf(module, task.context), module))
}

async function importOwn(module: string): Promise<void> {
  await importCarrier([], module)
  own.add(module)
}

function namesOf(module: string, context: CarriedContext | undefined): string[] {
  return (context ?? []).filter(part => part[1] === module).map(([name]) => name)
}

async function importCarrier(names: readonly string[], module: string): Promise<void> {
  const source = sourceOf(module)
  try {
    await (isTypeScript(source) ? importTypeScript(source) : importNamespace(source))
  } catch (error) {
    const what = names.length === 0 ? 'as a carrier' : `for the context '${names.join("', '")}'`
    throw notLoaded(module, error, ` (it is imported ${what})`)
  }
  const unknown = names.find(name => carrierOf(name) === undefined)
  if (unknown === undefined) return
  throw new TaskNotFoundError(
    `the context '${unknown}' can't be restored: ${module} was imported for it but has not registered it. ` +
      'Name the module that calls carry() or addCarrier() at its top level'
  )
}
