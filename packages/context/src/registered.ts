import { addCarrier, type Carrier } from '@bridge/core'

const SLOT = Symbol.for('@bridge/context/carriers')

// On globalThis, because the ESM and the CommonJS build of this package are two copies: a snapshot that one of them takes
// must hold what was registered with the other.
const holder = globalThis as unknown as Record<symbol, Map<string, Carrier> | undefined>
holder[SLOT] ??= new Map()
const registered: Map<string, Carrier> = holder[SLOT]

/** The carriers of all contexts that a snapshot holds, by their names: the variables' own is the first. */
export const contexts: ReadonlyMap<string, Carrier> = registered

/** Has a context travel with calls, and stand in snapshots. */
export function register(carrier: Carrier): void {
  registered.set(carrier.name, carrier)
  addCarrier(carrier)
}
