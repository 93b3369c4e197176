import { NotCloneableError } from '@bridge/core'
import { copyOfPlain, hideFrames, isConstant, manifestOf } from '@bridge/core/internal'
import { Entry } from './entry.js'
import { register } from './registered.js'
import { currentValues, NONE, runWith, setValues, type Values } from './state.js'

/** Names the carrier of all variables. */
export const VARIABLES = '@bridge/context'

/** The variables as they travel. */
export type Wire = readonly (readonly [name: string, wire: unknown])[]

/** What travels of those that can't change while they are set. */
const packed = new WeakMap<Values, Wire>()

/** What was made of such a wire that arrived here, where nothing was set that stays on its thread. */
const unpacked = new WeakMap<Wire, Values>()

/** All variables that may leave this thread, encoded; `undefined` if there is none. */
export function pack(values: Values): Wire | undefined {
  const known = packed.get(values)
  if (known !== undefined) return known
  let wire: [string, unknown][] | undefined
  let canChange = false
  for (const [name, entry] of values) {
    if (entry.local) continue
    wire ??= []
    wire.push([name, entry.wire()])
    canChange ||= !entry.isConstant
  }
  if (wire !== undefined && !canChange) packed.set(values, wire)
  return wire
}

/** The variables that arrived, beside those of this thread that never travel. */
export function unpack(wire: Wire): Values {
  const current = currentValues()
  // Calls that carry the same share what arrived; none may see what another one does to an object.
  const isShared = isConstant(wire)
  const known = isShared && current.size === 0 ? unpacked.get(wire) : undefined
  if (known !== undefined) return known
  const values = new Map<string, Entry>()
  for (const [name, entry] of current) if (entry.local) values.set(name, entry)
  let isConstantHere = true
  for (const [name, value] of wire) {
    const isObject = typeof value === 'object' && value !== null
    isConstantHere &&= !isObject
    values.set(name, Entry.arrived(isShared && isObject ? copyOf(value) : value, isShared && !isObject))
  }
  if (isShared && current.size === 0 && isConstantHere) unpacked.set(wire, values)
  return values
}

function copyOf(value: object): unknown {
  const plain = copyOfPlain(value)
  return plain === undefined ? structuredClone(value) : plain.copy
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
  // In a bundle it is no module by itself: a thread has it where a module of tasks has brought it along.
  module: manifestOf(import.meta.url) === undefined ? undefined : import.meta.url,
  isReadOnly: true,
  capture: setValues,
  restore: (values, fn) => runWith((values ?? NONE) as Values, fn),
  encode: values => pack(values as Values),
  decode: wire => unpack(wire as Wire),
  refuse: wire => refuse(wire as Wire)
})
