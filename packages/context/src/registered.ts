import { addCarrier, type Carrier } from '@bridge/core'

const SLOT = Symbol.for('@bridge/context/carriers')

// On globalThis, because the ESM and the CommonJS build of this package are two copies: a snapshot of one of them must
// include what was registered with the other.
const holder = globalThis as unknown as Record<symbol, Map<string, Carrier> | undefined>
holder[SLOT] ??= new Map()
const registered: Map<string, Carrier> = holder[SLOT]

/** The carriers of all contexts that a snapshot holds, by name; the first is that of the variables. */
export const contexts: ReadonlyMap<string, Carrier> = registered

/** Makes a context travel with calls, and includes it in snapshots. */
export function register(carrier: Carrier): void {
  registered.set(carrier.name, carrier)
  addCarrier(carrier)
}
