import type { CallTarget } from '../call/target.js'
import { substitute } from '../data.js'
import { isResource, withValue } from '../resource/held-resource.js'
import { blockingResource } from '../resource/remote-resource.js'
import { PresentedSource } from '../stream/presented-source.js'
import { isSource, streamSource } from '../stream/source-mark.js'
import { aboutOf, type ObjectAbout } from './about.js'
import { addFields, addMembers } from './blocking-members.js'
import { constructNow } from './construct.js'
import { locationOf } from './local-object.js'
import { blockRemote, memberTarget } from './member.js'
import { hasObjects, type ObjectReference, referenceTo } from './object-reference.js'

type AnyFunction = (...args: unknown[]) => unknown

/** A function of a module that represents a class. */
export type BlockingClass = AnyFunction & { readonly prototype: object }

const shown = new WeakMap<BlockingClass, ObjectAbout>()

/**
 * Presents the objects of an executor as plain objects: they have the methods and properties of the remote ones, and
 * each use blocks. Objects of a class that the module exports are instances of the function that represents that class.
 */
export class BlockingStubs {
  readonly #module: CallTarget
  /** The function that represents the class that the module exports under a name. */
  readonly #classNamed: (name: string) => unknown

  constructor(module: CallTarget, classNamed: (name: string) => unknown) {
    this.#module = { ...module, present: this.present }
    this.#classNamed = classNamed
  }

  /**
   * What the caller gets for the outcome of a task: remote objects in it are presented as plain ones, also in the items
   * of a stream.
   */
  readonly present = (outcome: unknown, name: string): unknown => {
    if (isSource(outcome)) return streamSource(new PresentedSource(outcome, this.#presentValue))
    if (isResource(outcome)) return withValue(outcome, this.#presentValue)
    return blockingResource(outcome, name, this.#presentValue) ?? this.#presentValue(outcome)
  }

  /** Constructs an object of a class; `made` is the constructed class, which may be a user's subclass. */
  construct(target: CallTarget, args: readonly unknown[], base: BlockingClass, made: BlockingClass): object {
    const reference = constructNow(target, args, base)
    const about = shown.get(base) ?? this.#ask(reference)
    this.#show(base, reference, about, 0)
    return addFields(this.#module, made.prototype, reference, about.shape)
  }

  readonly #presentValue = (value: unknown): unknown => {
    if (!hasObjects()) return value
    const replaced = (one: object): object | undefined => {
      const reference = referenceTo(one)
      return reference === undefined ? undefined : this.#stubOf(reference)
    }
    return substitute(value, replaced, one => referenceTo(one) !== undefined)
  }

  #stubOf(reference: ObjectReference): object {
    reference.blockingStub ??= this.#makeStub(reference)
    return reference.blockingStub
  }

  #makeStub(reference: ObjectReference): object {
    const local = locationOf(reference)?.object
    const about = reference.about ?? (local === undefined ? this.#ask(reference) : aboutOf(local))
    const [name, distance] = this.#nearest(about)
    const Class = name === undefined ? undefined : this.#classOf(name)
    let prototype = Class?.prototype ?? {}
    if (Class !== undefined && distance === 0) this.#show(Class, reference, about, distance)
    else {
      // The module may not export its class, but one above it.
      if (Class !== undefined && distance !== undefined) this.#alias(Class, about, distance)
      prototype = Object.create(prototype) as object
      addMembers(this.#module, prototype, reference, about.shape)
    }
    return addFields(this.#module, prototype, reference, about.shape)
  }

  /** The nearest class of an object that this module exports, and how many levels it is above the object's own class. */
  #nearest({ classes }: ObjectAbout, above = -1): [name: string, distance: number] | [] {
    const found = classes.find(([module, , distance]) => module === this.#module.module && distance > above)
    return found === undefined ? [] : [found[1], found[2]]
  }

  #classOf(name: string): BlockingClass | undefined {
    const Class = this.#classNamed(name)
    return typeof Class === 'function' ? (Class as BlockingClass) : undefined
  }

  /** Gives a class the members of its objects, once, and sets the exported class above it. */
  #show(Class: BlockingClass, reference: ObjectReference, about: ObjectAbout, distance: number): void {
    if (shown.has(Class)) return
    shown.set(Class, about)
    addMembers(this.#module, Class.prototype, reference, about.shape)
    const [name] = this.#nearest(about, distance)
    const above = name === undefined ? undefined : this.#classOf(name)
    if (above !== undefined && above !== Class) Object.setPrototypeOf(Class.prototype, above.prototype)
    for (const other of this.#alias(Class, about, distance)) shown.set(other, about)
  }

  /** A class may be exported under several names: an instance of one is an instance of all. Returns the others. */
  #alias(Class: BlockingClass, { classes }: ObjectAbout, distance: number): BlockingClass[] {
    const others = classes.flatMap(([module, name, at]) => {
      const other = module === this.#module.module && at === distance ? this.#classOf(name) : undefined
      return other === undefined || other === Class ? [] : [other]
    })
    for (const other of others) {
      const own = other.prototype
      if (own === Class.prototype) continue
      Object.defineProperty(other, 'prototype', { value: Class.prototype, writable: true })
      // Objects that were made from it before stay below it, as does a user's subclass.
      Object.setPrototypeOf(own, Class.prototype)
    }
    return others
  }

  #ask(reference: ObjectReference): ObjectAbout {
    const target = memberTarget({ ...reference, options: this.#module.options }, 'shape', 'constructor')
    return blockRemote(target, reference, [], this.#ask) as ObjectAbout
  }
}
