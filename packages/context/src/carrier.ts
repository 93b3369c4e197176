import { NotCloneableError } from '@bridge/core'
import { hideFrames, isConstant, PlainData } from '@bridge/core/internal'
import { Entry } from './entry.js'
import { ownModule } from './own-module.js'
import { register } from './registered.js'
import { enterValues, runWith, setValues, Values } from './state.js'

/** The name of the carrier of all variables. */
export const VARIABLES = '@bridge/context'

/** The key in a snapshot's JSON for contexts that are not variables. */
export const CARRIED = '@bridge/context/carried'

/** The variables in encoded form. */
export type Wire = readonly (readonly [name: string, wire: unknown])[]

/** The last encoded form of variables, with the data of those that may have changed since. */
interface Packed {
  readonly travelling: readonly Travelling[]
  readonly wire: Wire
}

interface Travelling {
  readonly name: string
  readonly entry: Entry
  readonly last: PlainData | undefined
}

const packed = new WeakMap<Values, Packed>()

/** Decoded variables by their wire form, shared by the calls that carry it. */
const unpacked = new WeakMap<Wire, Values>()

/** All variables that may leave this thread, encoded, the same object for the same data; `undefined` if there is none. */
export function pack(values: Values): Wire | undefined {
  const known = packed.get(values)
  return (known === undefined ? undefined : unchanged(known)) ?? encodeAll(values)
}

/** The last wire form, if the data has not changed. Allocates nothing. */
function unchanged({ travelling, wire }: Packed): Wire | undefined {
  for (const { entry, last } of travelling) {
    if (!entry.isConstant && last?.isSame(entry.wire()) !== true) return undefined
  }
  return wire
}

function encodeAll(values: Values): Wire | undefined {
  const wire: [string, unknown][] = []
  const travelling: Travelling[] = []
  let isPlain = true
  for (const [name, entry] of values) {
    if (entry.local) continue
    const value = entry.wire()
    const last = entry.isConstant ? undefined : PlainData.of(value)
    isPlain &&= entry.isConstant || last !== undefined
    travelling.push({ name, entry, last })
    wire.push([name, last === undefined ? value : last.copy])
  }
  if (wire.length === 0) return undefined
  if (isPlain) packed.set(values, { travelling, wire })
  return wire
}

/** The received variables, and those of the `current` ones that never travel. */
export function unpack(wire: Wire, current: Values = Values.none): Values {
  const isShared = isConstant(wire)
  const known = isShared && current.isEmpty ? unpacked.get(wire) : undefined
  if (known !== undefined) return known.fresh()
  const entries = new Map<string, Entry>()
  for (const [name, entry] of current) if (entry.local) entries.set(name, entry)
  for (const [name, value] of wire) entries.set(name, Entry.arrived(value, isShared))
  const values = new Values(entries)
  if (isShared && current.isEmpty) unpacked.set(wire, values)
  return values
}

/** Throws an error that names the variable that cannot be cloned. */
function refuse(wire: Wire): void {
  for (const [name, value] of wire) {
    try {
      structuredClone(value)
    } catch (cause) {
      throw new NotCloneableError(
        `The context '${name}' can't be carried to another thread: ${(cause as Error).message} ` +
          'Pass encode and decode to createContext(), or local: true to keep the value on its thread.',
        { cause }
      )
    }
  }
}

hideFrames(import.meta.url)

// One carrier for all variables, registered by importing the package, on this thread and in workers. A second copy of the
// package adds it again, which changes nothing: both use the same storage.
register({
  name: VARIABLES,
  module: ownModule(import.meta.url),
  isReadOnly: true,
  capture: setValues,
  restore: (values, fn) => runWith((values ?? Values.none) as Values, fn),
  enter: values => enterValues((values ?? Values.none) as Values),
  encode: values => pack(values as Values),
  decode: (wire, here) => unpack(wire as Wire, here as Values | undefined),
  refuse: wire => refuse(wire as Wire)
})
