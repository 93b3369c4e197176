import type { AsyncLocalStorage } from 'node:async_hooks'
import { InvalidArgumentError } from '@bridge/core'
import {
  checkFunction,
  checkOptions,
  checkText,
  moduleUrl,
  refuse,
  startsApplication
} from '@bridge/core/internal'
import { VARIABLES } from './carrier.js'
import { contexts, register } from './registered.js'

/** How an AsyncLocalStorage's store travels. */
export interface CarryOptions<Store, Picked = Store, Wire = Picked> {
  /** The context's unique name, on its way to other threads and in a snapshot's JSON. */
  readonly name: string
  /**
   * The module that calls `carry` at its top level: `import.meta.url`, or `__filename` in CommonJS. A thread imports it
   * before it runs a call that carries the context. Without it a thread has the context only if a task module imports the
   * module that calls `carry`, which is necessary in a bundle of one file.
   */
  readonly module?: URL | string | undefined
  /** Picks the part of the store that travels; `undefined` for nothing. A store often holds more, for its own thread only. */
  readonly pick?: ((store: Store) => Picked | undefined) | undefined
  /** Converts a value that cannot be cloned, or that would lose its class, into one that can. */
  readonly encode?: ((picked: Picked) => Wire) | undefined
  /**
   * Makes the store from the received data, once for each call; without it the received data is the store. `here` is the
   * store that exists already: when a callback is called on the thread that passed it, or a snapshot is restored.
   */
  readonly decode?: ((wire: Wire, here: Store | undefined) => Store) | undefined
}

/** A carried storage, and the module that carries it. */
interface Carried {
  readonly storage: AsyncLocalStorage<unknown>
  readonly module: string | undefined
}

const SLOT = Symbol.for('@bridge/context/carried')
// On globalThis, because the ESM and the CommonJS build of this package are two copies.
const holder = globalThis as unknown as Record<symbol, Map<string, Carried> | undefined>
holder[SLOT] ??= new Map()
const carried: Map<string, Carried> = holder[SLOT]

/**
 * Makes the store of an AsyncLocalStorage travel with every bridge call: on the other thread the function, and each step of
 * a stream, runs in `storage.run()` with the picked part of the caller's store. Call it at the top level of a module that
 * the caller and the tasks both import. Returns the storage.
 *
 * The callee has a copy: its changes never reach the caller. A callback on the caller's thread sees the caller's own store,
 * unless the task has changed the part that travels.
 *
 * @throws InvalidArgumentError when `storage` is not an AsyncLocalStorage, an option is invalid, `module` is the
 * application's entry module, the name is already used, or the storage is carried under another name.
 * @example
 * ```ts
 * import { AsyncLocalStorage } from 'node:async_hooks'
 * // request-store.ts
 * export const requestStore = carry(new AsyncLocalStorage<{ id: string; request: Request }>(), {
 *   name: 'request-store',
 *   module: import.meta.url,
 *   pick: ({ id }) => ({ id }),
 * })
 * ```
 */
export function carry<Store, Picked = Store, Wire = Picked>(
  storage: AsyncLocalStorage<Store>,
  options: CarryOptions<Store, Picked, Wire>
): AsyncLocalStorage<Store> {
  if (typeof storage?.getStore !== 'function' || typeof storage.run !== 'function') {
    refuse('carry()', 'storage must be an AsyncLocalStorage', storage)
  }
  checkOptions('carry()', options ?? null, ['name', 'module', 'pick', 'encode', 'decode'])
  const { name, pick, encode, decode } = options
  checkText('carry()', 'name', name)
  if (name === '') refuse('carry()', 'name must be a string that is not empty', name)
  for (const key of ['pick', 'encode', 'decode'] as const) {
    if (options[key] !== undefined) checkFunction('carry()', key, options[key])
  }
  const module = moduleOf(options.module)
  claim(name, { storage: storage as AsyncLocalStorage<unknown>, module })
  const travels = pick === undefined && encode === undefined ? undefined : encoder(pick, encode)
  register({
    name,
    module,
    capture: () => storage.getStore(),
    restore: (store, fn) => storage.run(store as Store, fn),
    ...(typeof storage.enterWith === 'function' && { enter: store => storage.enterWith(store as Store) }),
    ...(travels && { encode: store => travels(store as Store) }),
    ...(decode && { decode: (wire, here) => decode(wire as Wire, here as Store | undefined) })
  })
  return storage
}

function encoder<Store, Picked, Wire>(
  pick: ((store: Store) => Picked | undefined) | undefined,
  encode: ((picked: Picked) => Wire) | undefined
): (store: Store) => unknown {
  return store => {
    const picked = pick === undefined ? (store as unknown as Picked) : pick(store)
    return picked === undefined || encode === undefined ? picked : encode(picked)
  }
}

function moduleOf(module: URL | string | undefined): string | undefined {
  if (module === undefined) return undefined
  const url = moduleUrl('carry()', module, 'module')
  if (!startsApplication(url)) return url
  throw new InvalidArgumentError(
    `carry(): module is ${url}, which this process was started with: a thread that imports it would start the ` +
      'application again; call carry() in a module of its own, or, in a bundle of one file, leave module out, and import ' +
      'the module that calls carry() in the task module'
  )
}

/** A module that is evaluated again, as by test runners, may carry its new storage instead of the old one. */
function claim(name: string, claimed: Carried): void {
  const other = carried.get(name)
  if (name === VARIABLES || (other === undefined && contexts.has(name)) || isTaken(other, claimed)) {
    throw new InvalidArgumentError(
      `carry(): there is a context '${name}' already, carried by ${other?.module ?? 'another module'}; choose another name`
    )
  }
  for (const [known, { storage }] of carried) {
    if (storage !== claimed.storage || known === name) continue
    throw new InvalidArgumentError(
      `carry(): the storage is carried already, as '${known}'; call carry() once for a storage`
    )
  }
  carried.set(name, claimed)
}

function isTaken(other: Carried | undefined, { storage, module }: Carried): boolean {
  return other !== undefined && other.storage !== storage && other.module !== module
}
