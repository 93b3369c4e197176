import { NotCloneableError } from '@bridge/core'
import { copyOfPlain, hideFrames, isConstant, isSamePlain } from '@bridge/core/internal'
import { Entry } from './entry.js'
import { ownModule } from './own-module.js'
import { register } from './registered.js'
import { currentValues, runWith, setValues, Values } from './state.js'

/** Names the carrier of all variables. */
export const VARIABLES = '@bridge/context'

/** Where in a snapshot's JSON those stand that are no variables. */
export const CARRIED = '@bridge/context/carried'

/** The variables as they travel. */
export type Wire = readonly (readonly [name: string, wire: unknown])[]

/** What travelled last of variables; those that may be another value since keep the data that they were. */
interface Packed {
  readonly travelling: readonly (readonly [name: string, entry: Entry])[]
  readonly wire: Wire
}

const packed = new WeakMap<Values, Packed>()

/** What was made of what arrived here, and is shared by the calls that carry it. */
const unpacked = new WeakMap<Wire, Values>()

/** All variables that may leave this thread, encoded, the same object for the same data; `undefined` if there is none. */
export function pack(values: Values): Wire | undefined {
  const known = packed.get(values)
  const travelling = known?.travelling ?? [...values].filter(([, entry]) => !entry.local)
  let wire: [string, unknown][] | undefined
  for (let n = 0; n < travelling.length; n++) {
    const [name, entry] = travelling[n] as (typeof travelling)[number]
    if (known !== undefined && entry.isConstant) continue
    const value = entry.wire()
    if (known !== undefined && isSamePlain(known.wire[n]?.[1], value)) continue
    wire ??= known === undefined ? [] : (known.wire.slice(0) as [string, unknown][])
    wire[n] = [name, value]
  }
  if (wire === undefined) return known?.wire
  const plain = copyOfPlain(wire)
  if (plain === undefined) packed.delete(values)
  else packed.set(values, { travelling, wire: plain.copy as Wire })
  return plain === undefined ? wire : (plain.copy as Wire)
}

/** The variables that arrived, beside those of this thread that never travel. */
export function unpack(wire: Wire): Values {
  const current = currentValues()
  const isShared = isConstant(wire)
  const known = isShared && current.isEmpty ? unpacked.get(wire) : undefined
  if (known !== undefined) return known.again()
  const entries = new Map<string, Entry>()
  for (const [name, entry] of current) if (entry.local) entries.set(name, entry)
  for (const [name, value] of wire) entries.set(name, Entry.arrived(value, isShared))
  const values = new Values(entries)
  if (isShared && current.isEmpty) unpacked.set(wire, values)
  return values
}

/** Names the variable that keeps the others from travelling. */
function refuse(wire: Wire): void {
  for (const [name, value] of wire) {
    try {
      structuredClone(value)
    } catch (cause) {
      throw new NotCloneableError(
        `The context '${name}' can't be carried to another thread: ${(cause as Error).message} ` +
          'Give createContext() encode and decode, or local: true to keep the value on its thread.',
        { cause }
      )
    }
  }
}

hideFrames(import.meta.url)

// One carrier for all variables, registered by importing the package, on this thread as in a worker. It is added
// again by a second copy of the package, which changes nothing: both work on the same storage.
register({
  name: VARIABLES,
  module: ownModule(import.meta.url),
  isReadOnly: true,
  capture: setValues,
  restore: (values, fn) => runWith((values ?? Values.none) as Values, fn),
  encode: values => pack(values as Values),
  decode: wire => unpack(wire as Wire),
  refuse: wire => refuse(wire as Wire)
})
