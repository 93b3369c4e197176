import { NotCloneableError } from '@bridge/core'
import { hideFrames, isConstant, PlainData } from '@bridge/core/internal'
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

/** What travelled last of variables: the data that may be other data since, one by one. */
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

/** What was made of what arrived here, and is shared by the calls that carry it. */
const unpacked = new WeakMap<Wire, Values>()

/** All variables that may leave this thread, encoded, the same object for the same data; `undefined` if there is none. */
export function pack(values: Values): Wire | undefined {
  const known = packed.get(values)
  return (known === undefined ? undefined : sameAs(known)) ?? packAnew(values)
}

/** What travelled last, unless it is other data now. Nothing is made for that. */
function sameAs({ travelling, wire }: Packed): Wire | undefined {
  for (const { entry, last } of travelling) {
    if (!entry.isConstant && last?.isSame(entry.wire()) !== true) return undefined
  }
  return wire
}

function packAnew(values: Values): Wire | undefined {
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
