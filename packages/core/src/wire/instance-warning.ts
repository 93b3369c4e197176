import { shared } from '../shared.js'
import { isRegistered } from './registered-classes.js'

/** Above zero while warnings are paused: for instances that have always arrived so, when their sender can't change it. */
export const instanceWarnings = shared('@bridge/core/instance-warnings', () => ({ paused: 0 }))

/** The prototypes that were inspected; each is reported once. */
const known = new WeakSet<object>()

/** Warns, outside of production and once for each class, that an instance arrives without its methods. */
export function warnOfInstance(value: object): void {
  const prototype = Object.getPrototypeOf(value) as object
  if (known.has(prototype) || instanceWarnings.paused > 0 || isRegistered(prototype)) return
  known.add(prototype)
  if (process.env.NODE_ENV === 'production' || !hasMethods(prototype) || isKept(value)) return
  const { name } = prototype.constructor
  process.emitWarning(
    `an instance of ${name} arrives on another thread as a plain object without its methods; send plain data, call ` +
      `registerClass(${name}) where the class is defined, or keep it on its own thread, where its methods are then called: by import(url, { keep: [its name] }), or by \`new\` on the executor`,
    { type: 'BridgeWarning', code: 'BRIDGE_INSTANCE' }
  )
}

/** Whether it is the prototype of a class that is not built in, and has more than data. */
function hasMethods(prototype: object): boolean {
  let found = false
  for (let one = prototype; ; one = Object.getPrototypeOf(one) as object) {
    if (Object.getPrototypeOf(one) === null) return found
    const Class = (one as { constructor?: unknown }).constructor
    if (typeof Class !== 'function' || isBuiltIn(Class)) return false
    if (Object.getOwnPropertyNames(one).length > 1) found = true
  }
}

function isBuiltIn(Class: unknown): boolean {
  return Function.prototype.toString.call(Class).includes('[native code]')
}

/** Whether the runtime clones it unchanged, or refuses it. */
function isKept(value: object): boolean {
  try {
    return Object.getPrototypeOf(structuredClone(value)) === Object.getPrototypeOf(value)
  } catch {
    return true
  }
}
