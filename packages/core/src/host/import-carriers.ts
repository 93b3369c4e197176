import { type CarriedContext, missingCarriers } from '../carriers.js'
import { isEntryModule } from './entry-module.js'

/**
 * Imports the modules that this thread needs to restore a context, and has not imported yet. One that the application
 * registers in its entry module is left out: to import it would start the application again.
 */
export function importCarriers(context: CarriedContext | undefined): Promise<unknown>[] {
  return missingCarriers(context)
    .filter(carrier => !isEntryModule(carrier))
    .map(carrier => import(/* webpackIgnore: true */ carrier))
}
