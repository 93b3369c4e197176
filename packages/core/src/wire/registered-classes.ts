import { checkFunction, checkText, refuse } from '../check.js'
import { InvalidArgumentError } from '../errors/errors.js'
import { shared } from '../shared.js'

type AnyClass = abstract new (...args: never[]) => object

/** The classes whose instances cross as such, by the name that is sent; all copies of core on a thread share them. */
const registered = shared('@bridge/core/registered-classes', () => ({
  classes: new Map<string, AnyClass>(),
  names: new WeakMap<object, string>()
}))

declare const registeredInstance: unique symbol

/**
 * For types only: a result of type `T & RegisteredInstance` arrives as a `T` with its methods, since its class is
 * registered, which types can't know. A `T` is assignable to it.
 *
 * @example
 * ```ts
 * export function oldest(people: PersonDto[]): PersonDto & RegisteredInstance { … }
 * ```
 */
export interface RegisteredInstance {
  readonly [registeredInstance]?: true
}

/** Whether a type is declared to arrive as an instance. */
export type IsRegistered<T> = typeof registeredInstance extends keyof T ? true : false

/**
 * Makes instances of a class arrive on another thread as instances of it, anywhere: in arguments, results, items of
 * streams and arguments of callbacks. The instance there has the own enumerable fields, and the class's prototype; no
 * constructor runs, and `#private` fields are missing: a method that reads one throws a TypeError there. Call it in the
 * module that defines the class, so that it is registered on every thread that loads that module; on other threads a
 * plain object arrives.
 *
 * @param name the name under which instances cross; set it if a bundler renames classes, or two classes have the same
 * name.
 * @throws InvalidArgumentError when `Class` is not a class, or one of errors, collections or disposable objects; or
 * when another class was registered under that name.
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
      `registerClass(): another class was registered as '${name}'; give this class another name: registerClass(${Class.name}, name)`
    )
  }
  registered.classes.set(name, Class)
  registered.names.set(prototype, name)
}

/** Whether instances with this prototype cross as such. */
export function isRegistered(prototype: object): boolean {
  return registered.names.has(prototype)
}

/** The name under which an instance of a registered class is sent. */
export function registeredName(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null ? undefined : registered.names.get(prototype)
}

const warned = new Set<string>()

/** Makes received data an instance of the class that is registered here under that name. */
export function makeInstance(data: object, name: string): void {
  const Class = registered.classes.get(name)
  if (Class !== undefined) Object.setPrototypeOf(data, Class.prototype as object)
  else if (process.env.NODE_ENV !== 'production' && !warned.has(name)) {
    warned.add(name)
    process.emitWarning(
      `an instance of ${name} was received as a plain object: registerClass() was called on the thread that sent it, and not ` +
        'on the receiving thread; call it in the module that defines the class, and import that module here, too',
      { type: 'BridgeWarning', code: 'BRIDGE_UNREGISTERED' }
    )
  }
}

function checkKind(Class: AnyClass, prototype: object): void {
  if (prototype instanceof Error) {
    refuse('registerClass()', `error classes are registered by registerErrors({ ${Class.name} })`, Class)
  }
  if (Symbol.dispose in prototype || Symbol.asyncDispose in prototype) {
    refuse('registerClass()', 'a disposable object stays on its thread and is not copied', Class)
  }
  for (let one = prototype; ; one = Object.getPrototypeOf(one) as object) {
    const above = Object.getPrototypeOf(one) as object | null
    if (above === null) return
    // Its instances have more than fields, which only its own constructor creates.
    if (textOf(one.constructor).endsWith('{ [native code] }')) {
      refuse('registerClass()', `Class must not extend a built-in class (${one.constructor.name})`, Class)
    }
  }
}

function textOf(Class: unknown): string {
  return typeof Class === 'function' ? Function.prototype.toString.call(Class) : ''
}
