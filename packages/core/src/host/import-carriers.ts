import { missingCarriers } from '../context/arrived.js'
import type { CarriedContext } from '../context/carried.js'
import { carrierOf } from '../context/carriers.js'
import { TaskNotFoundError } from '../errors/errors.js'
import { startsApplication } from './entry-module.js'
import { importNamespace } from './import-namespace.js'
import { notLoaded } from './loaded-modules.js'
import { sourceOf } from './source-of.js'
import { importTypeScript, isTypeScript } from './typescript.js'

/**
 * Imports the modules that this thread needs to restore a context, and has not imported yet. One whose
 * import would start the application again is left out.
 *
 * @throws TaskNotFoundError when a module can't be loaded, or registers no carrier of the name.
 */
export function importCarriers(context: CarriedContext | undefined): Promise<unknown>[] {
  const missing = missingCarriers(context).filter(module => !startsApplication(module))
  return missing.map(module => importCarrier(namesOf(module, context), module))
}

function namesOf(module: string, context: CarriedContext | undefined): string[] {
  return (context ?? []).filter(part => part[1] === module).map(([name]) => name)
}

async function importCarrier(names: readonly string[], module: string): Promise<void> {
  const source = sourceOf(module)
  try {
    await (isTypeScript(source) ? importTypeScript(source) : importNamespace(source))
  } catch (error) {
    throw notLoaded(module, error, ` (it is imported for the context '${names.join("', '")}')`)
  }
  const unknown = names.find(name => carrierOf(name) === undefined)
  if (unknown === undefined) return
  throw new TaskNotFoundError(
    `the context '${unknown}' can't be restored: ${module} has been imported for it and has not registered it. ` +
      'Name the module that calls carry() or addCarrier() at its top level'
  )
}
