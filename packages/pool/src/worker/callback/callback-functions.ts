import type { Kind } from '@bridge/core'
import { blockRemote, callRemote, remoteTarget } from '@bridge/core/internal'
import {
  type CallbackOnWire,
  type Mode,
  NOTIFICATIONS,
  PROMISES,
  STREAMS,
  STREAMS_LATER,
  WAITS
} from '../../callback/wire.js'
import type { ThreadObjectStore } from '../thread-object-store.js'
import { CallbackExecutor } from './callback-executor.js'
import type { Caller } from './caller.js'

type AnyFunction = (...args: unknown[]) => unknown

const KINDS: Readonly<Record<Mode, Kind>> = {
  [WAITS]: 'sync',
  [NOTIFICATIONS]: 'sync',
  [PROMISES]: 'async',
  [STREAMS]: 'generator',
  [STREAMS_LATER]: 'asyncGenerator'
}

/** How often a function was received. */
interface Receipt {
  readonly id: number
  received: number
}

/** The functions on this thread that represent functions of the parent, one for each. */
export class CallbackFunctions {
  readonly #caller: Caller
  readonly #store: ThreadObjectStore
  readonly #functions = new Map<number, WeakRef<AnyFunction>>()
  readonly #receipts = new Map<number, Receipt>()
  readonly #references = new WeakMap<object, CallbackOnWire>()
  readonly #collected = new FinalizationRegistry<Receipt>(receipt => {
    const { id, received } = receipt
    // It may have been received again in the meantime.
    if (this.#receipts.get(id) === receipt) {
      this.#receipts.delete(id)
      this.#functions.delete(id)
    }
    this.#caller.releaseFunction(id, received)
  })

  constructor(caller: Caller, store: ThreadObjectStore) {
    this.#caller = caller
    this.#store = store
  }

  get size(): number {
    return this.#functions.size
  }

  /** The function that represents a received one. */
  receive(reference: CallbackOnWire): AnyFunction {
    const [, id] = reference
    let fn = this.#functions.get(id)?.deref()
    if (fn === undefined) {
      fn = this.#make(reference)
      const receipt = { id, received: 0 }
      this.#functions.set(id, new WeakRef(fn))
      this.#receipts.set(id, receipt)
      this.#references.set(fn, reference)
      this.#collected.register(fn, receipt)
    }
    const receipt = this.#receipts.get(id)
    if (receipt !== undefined) receipt.received++
    return fn
  }

  /** The reference for a function of the parent that is sent back. */
  referenceTo(fn: object): CallbackOnWire | undefined {
    return this.#references.get(fn)
  }

  #make([, id, mode, name]: CallbackOnWire): AnyFunction {
    const executor = new CallbackExecutor(id, mode, this.#caller, this.#store)
    const target = { ...remoteTarget(name, executor, 'callback:'), kind: KINDS[mode], isCallback: true }
    const wait: AnyFunction = (...args) => blockRemote(target, undefined, args, wait)
    const call: AnyFunction = (...args) => callRemote(target, undefined, args)
    let fn = call
    if (mode === WAITS || mode === NOTIFICATIONS) fn = wait
    if (mode === STREAMS) fn = (...args) => steps(callRemote(target, undefined, args), Symbol.iterator)
    if (mode === STREAMS_LATER) {
      fn = (...args) => steps(callRemote(target, undefined, args), Symbol.asyncIterator)
    }
    return Object.defineProperty(fn, 'name', { value: name, configurable: true })
  }
}

/** A call of a generator function that can also be stepped like the generator itself. */
function steps(
  call: ReturnType<typeof callRemote>,
  symbol: typeof Symbol.iterator | typeof Symbol.asyncIterator
): object {
  let iterator: ReturnType<(typeof call)[typeof symbol]> | undefined
  const step =
    (key: 'next' | 'return' | 'throw') =>
    (value?: unknown): unknown => {
      iterator ??= call[symbol]() as NonNullable<typeof iterator>
      return iterator[key](value)
    }
  return Object.assign(call, { next: step('next'), return: step('return'), throw: step('throw') })
}
