import { addCarrier } from '@bridge/core'
import { Entry } from './entry.js'
import { currentValues, NONE, runWith, setValues, type Values } from './state.js'

/** The variables as they travel. */
export type Wire = readonly (readonly [name: string, wire: unknown])[]

/** All variables that may leave this thread, encoded; `undefined` if there is none. */
export function pack(values: Values): Wire | undefined {
  let wire: [string, unknown][] | undefined
  for (const [name, entry] of values) {
    if (entry.local) continue
    wire ??= []
    wire.push([name, entry.wire(name)])
  }
  return wire
}

/** The variables that arrived, beside those of this thread that never travel. */
export function unpack(wire: Wire): Values {
  const values = new Map<string, Entry>()
  for (const [name, entry] of currentValues()) if (entry.local) values.set(name, entry)
  for (const [name, value] of wire) values.set(name, Entry.arrived(value))
  return values
}

// One carrier for all variables, registered by importing the package, on this thread as in a worker. It is added
// again by a second copy of the package, which changes nothing: both work on the same storage.
addCarrier({
  name: '@bridge/context',
  module: import.meta.url,
  capture: setValues,
  restore: (values, fn) => runWith((values ?? NONE) as Values, fn),
  encode: values => pack(values as Values),
  decode: wire => unpack(wire as Wire)
})
