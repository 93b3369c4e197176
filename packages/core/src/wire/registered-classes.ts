import { checkFunction, checkText, refuse } from '../check.js'
import { InvalidArgumentError } from '../errors/errors.js'
import { shared } from '../shared.js'

type AnyClass = abstract new (...args: never[]) => object

/** The classes whose instances cross as such, by the name that crosses; all copies of core on a thread share them. */
const registered = shared('@bridge/core/registered-classes', () => ({
  classes: new Map<string, AnyClass>(),
  names: new WeakMap<object, string>()
}))

declare const registeredInstance: unique symbol

/**
 * For types alone: a result of type `T & RegisteredInstance` arrives as a `T` with its methods, since its class is
 * registered, which types can't know. A `T` is one.
 *
 * @example
 * ```ts
 * export function oldest(people: PersonDto[]): PersonDto & RegisteredInstance { … }
 * ```
 */
export interface RegisteredInstance {
  readonly [registeredInstance]?: true
}

/** Whether a type says that it arrives as an instance. */
export type IsRegistered<T> = typeof registeredInstance extends keyof T ? true : false

/**
 * Makes instances of a class arrive on another thread as instances of it, wherever they stand: in arguments, results, items
 * of streams and what callbacks are given. The instance there has the own enumerable fields, and the class's prototype; no
 * constructor runs, and `#private` fields are missing: a method that reads one throws a TypeError there. Call it in the
 * module that defines the class, so that it is registered on every thread that loads that; where it is not, a plain object
 * arrives.
 *
 * @param name the name under which instances cross: of your own choice where a bundler renames classes, or two have one name.
 * @throws InvalidArgumentError when `Class` is no class, or one of errors, collections or disposable objects; or when another
 * class was registered under that name.
 * @example
 * ```ts
 * export class PersonDto { first = ''; last = ''; get name() { return `${this.first} ${this.last}` } }
 * registerClass(PersonDto)
 * ```
 */
export function registerClass(Class: AnyClass, name: string = Object(Class).name as string): void {
  checkFunction('registerClass()', 'Class', Class)
  checkText('registerClass()', 'name', name)
  if (name === '')
    refuse('registerClass()', 'a class without a name needs one: registerClass(Class, name)', Class)
  const prototype: unknown = Class.prototype
  if (typeof prototype !== 'object' || prototype === null) {
    refuse('registerClass()', 'Class must be a class', Class)
  }
  checkKind(Class, prototype)
  const other = registered.classes.get(name)
  // A test runner may load a module twice.
  if (other !== undefined && other !== Class && textOf(other) !== textOf(Class)) {
    throw new InvalidArgumentError(
      `registerClass(): another class was registered as '${name}'; give this one a name of its own: registerClass(${Class.name}, name)`
    )
  }
  registered.classes.set(name, Class)
  registered.names.set(prototype, name)
}

/** Whether instances with this prototype cross as such. */
export function isRegistered(prototype: object): boolean {
  return registered.names.has(prototype)
}

/** The name under which an object crosses that is an instance of a registered class. */
export function registeredName(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null ? undefined : registered.names.get(prototype)
}

const told = new Set<string>()

/** Makes data that has arrived an instance of the class that is registered here under that name. */
export function makeInstance(data: object, name: string): void {
  const Class = registered.classes.get(name)
  if (Class !== undefined) Object.setPrototypeOf(data, Class.prototype as object)
  else if (process.env.NODE_ENV !== 'production' && !told.has(name)) {
    told.add(name)
    process.emitWarning(
      `an instance of ${name} has arrived as a plain object: registerClass() was called on the thread that sent it, and not ` +
        'on this one; call it in the module that defines the class, and import that here, too',
      { type: 'BridgeWarning', code: 'BRIDGE_UNREGISTERED' }
    )
  }
}

function checkKind(Class: AnyClass, prototype: object): void {
  if (prototype instanceof Error) {
    refuse('registerClass()', `errors cross by registerErrors({ ${Class.name} })`, Class)
  }
  if (Symbol.dispose in prototype || Symbol.asyncDispose in prototype) {
    refuse('registerClass()', 'what can be disposed of stays on its thread, and can not be copied', Class)
  }
  for (let one = prototype; ; one = Object.getPrototypeOf(one) as object) {
    const above = Object.getPrototypeOf(one) as object | null
    if (above === null) return
    // Its instances have more than fields, which only its own constructor makes.
    if (textOf(one.constructor).endsWith('{ [native code] }')) {
      refuse('registerClass()', `Class must not extend what is built in (${one.constructor.name})`, Class)
    }
  }
}

function textOf(Class: unknown): string {
  return typeof Class === 'function' ? Function.prototype.toString.call(Class) : ''
}
