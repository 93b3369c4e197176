import type { Kind } from '@bridge/core'
import { blockRemote, callRemote, remoteTarget } from '@bridge/core/internal'
import {
  type CallbackOnWire,
  type Mode,
  NOTES,
  PROMISES,
  STREAMS,
  STREAMS_LATER,
  WAITS
} from '../../callback/wire.js'
import type { ThreadKeeper } from '../thread-keeper.js'
import { CallbackExecutor } from './callback-executor.js'
import type { Caller } from './caller.js'

type AnyFunction = (...args: unknown[]) => unknown

const KINDS: Readonly<Record<Mode, Kind>> = {
  [WAITS]: 'sync',
  [NOTES]: 'sync',
  [PROMISES]: 'async',
  [STREAMS]: 'generator',
  [STREAMS_LATER]: 'asyncGenerator'
}

/** How often a function has arrived. */
interface Receipt {
  readonly id: number
  received: number
}

/** The functions that stand here for those of the owner's, one for each. */
export class CallbackFunctions {
  readonly #caller: Caller
  readonly #keeper: ThreadKeeper
  readonly #functions = new Map<number, WeakRef<AnyFunction>>()
  readonly #receipts = new Map<number, Receipt>()
  readonly #references = new WeakMap<object, CallbackOnWire>()
  readonly #collected = new FinalizationRegistry<Receipt>(receipt => {
    const { id, received } = receipt
    // It may have arrived once more meanwhile.
    if (this.#receipts.get(id) === receipt) {
      this.#receipts.delete(id)
      this.#functions.delete(id)
    }
    this.#caller.drop(id, received)
  })

  constructor(caller: Caller, keeper: ThreadKeeper) {
    this.#caller = caller
    this.#keeper = keeper
  }

  get size(): number {
    return this.#functions.size
  }

  /** What stands for a function that has arrived. */
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

  /** What stands for a function of the owner's that goes back there. */
  referenceTo(fn: object): CallbackOnWire | undefined {
    return this.#references.get(fn)
  }

  #make([, id, mode, name]: CallbackOnWire): AnyFunction {
    const executor = new CallbackExecutor(id, mode, this.#caller, this.#keeper)
    const target = { ...remoteTarget(name, executor, 'callback:'), kind: KINDS[mode], isCallback: true }
    const wait: AnyFunction = (...args) => blockRemote(target, undefined, args, wait)
    const call: AnyFunction = (...args) => callRemote(target, undefined, args)
    let fn = call
    if (mode === WAITS || mode === NOTES) fn = wait
    if (mode === STREAMS) fn = (...args) => steps(callRemote(target, undefined, args), Symbol.iterator)
    if (mode === STREAMS_LATER) {
      fn = (...args) => steps(callRemote(target, undefined, args), Symbol.asyncIterator)
    }
    return Object.defineProperty(fn, 'name', { value: name, configurable: true })
  }
}

/** A call of a generator function that can be stepped as the generator could, besides all else that a call can. */
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
