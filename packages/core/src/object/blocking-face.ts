import type { CallTarget } from '../call/target.js'
import { substitute } from '../data.js'
import { isResource, withValue } from '../resource/held-resource.js'
import { blockingResource } from '../resource/remote-resource.js'
import { PresentedSource } from '../stream/presented-source.js'
import { isSource, streamSource } from '../stream/source-mark.js'
import { aboutOf, type ObjectAbout } from './about.js'
import { addFields, addMembers } from './blocking-members.js'
import { constructNow } from './construct.js'
import { homeOf } from './local-object.js'
import { blockRemote, memberTarget } from './member.js'
import { hasObjects, type ObjectReference, referenceTo } from './object-reference.js'

type AnyFunction = (...args: unknown[]) => unknown

/** A function of a module's that stands for a class. */
export type BlockingClass = AnyFunction & { readonly prototype: object }

const shown = new WeakMap<BlockingClass, ObjectAbout>()

/**
 * Shows the objects of an executor as plain ones: they have the methods and properties that the executor's have, and each
 * use blocks. Those of a class that the module exports are instances of what stands for that class.
 */
export class BlockingFaces {
  readonly #module: CallTarget
  /** What stands for the class that the module exports under a name. */
  readonly #classNamed: (name: string) => unknown

  constructor(module: CallTarget, classNamed: (name: string) => unknown) {
    this.#module = { ...module, present: this.present }
    this.#classNamed = classNamed
  }

  /** What the caller gets for an outcome of a task: remote objects in it are plain ones, also in the items of a stream. */
  readonly present = (outcome: unknown, name: string): unknown => {
    if (isSource(outcome)) return streamSource(new PresentedSource(outcome, this.#presentValue))
    if (isResource(outcome)) return withValue(outcome, this.#presentValue)
    return blockingResource(outcome, name, this.#presentValue) ?? this.#presentValue(outcome)
  }

  /** Makes an object of a class; `made` is what is constructed, which may be a subclass of the user's. */
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
      return reference === undefined ? undefined : this.#faceOf(reference)
    }
    return substitute(value, replaced, one => referenceTo(one) !== undefined)
  }

  #faceOf(reference: ObjectReference): object {
    reference.blockingFace ??= this.#makeFace(reference)
    return reference.blockingFace
  }

  #makeFace(reference: ObjectReference): object {
    const local = homeOf(reference)?.object
    const about = reference.about ?? (local === undefined ? this.#ask(reference) : aboutOf(local))
    const [name, distance] = this.#nearest(about)
    const Class = name === undefined ? undefined : this.#classOf(name)
    let prototype = Class?.prototype ?? {}
    if (Class !== undefined && distance === 0) this.#show(Class, reference, about, distance)
    else {
      // Of a class that the module does not export: it may be one below a class that it does.
      if (Class !== undefined && distance !== undefined) this.#alias(Class, about, distance)
      prototype = Object.create(prototype) as object
      addMembers(this.#module, prototype, reference, about.shape)
    }
    return addFields(this.#module, prototype, reference, about.shape)
  }

  /** The nearest class of an object's that this module exports, and how far above the object's own it stands. */
  #nearest({ classes }: ObjectAbout, above = -1): [name: string, distance: number] | [] {
    const found = classes.find(([module, , distance]) => module === this.#module.module && distance > above)
    return found === undefined ? [] : [found[1], found[2]]
  }

  #classOf(name: string): BlockingClass | undefined {
    const Class = this.#classNamed(name)
    return typeof Class === 'function' ? (Class as BlockingClass) : undefined
  }

  /** Gives a class what its objects have, once, and the class above it that the module exports, too. */
  #show(Class: BlockingClass, reference: ObjectReference, about: ObjectAbout, distance: number): void {
    if (shown.has(Class)) return
    shown.set(Class, about)
    addMembers(this.#module, Class.prototype, reference, about.shape)
    const [name] = this.#nearest(about, distance)
    const above = name === undefined ? undefined : this.#classOf(name)
    if (above !== undefined && above !== Class) Object.setPrototypeOf(Class.prototype, above.prototype)
    for (const other of this.#alias(Class, about, distance)) shown.set(other, about)
  }

  /** A class may be exported by several names: whatever is an instance of one is one of all. Gives the others. */
  #alias(Class: BlockingClass, { classes }: ObjectAbout, distance: number): BlockingClass[] {
    const others = classes.flatMap(([module, name, at]) => {
      const other = module === this.#module.module && at === distance ? this.#classOf(name) : undefined
      return other === undefined || other === Class ? [] : [other]
    })
    for (const other of others) {
      const own = other.prototype
      if (own === Class.prototype) continue
      Object.defineProperty(other, 'prototype', { value: Class.prototype, writable: true })
      // What was made of it before is below it, as is a subclass of a user's.
      Object.setPrototypeOf(own, Class.prototype)
    }
    return others
  }

  #ask(reference: ObjectReference): ObjectAbout {
    const target = memberTarget({ ...reference, options: this.#module.options }, 'shape', 'constructor')
    return blockRemote(target, reference, [], this.#ask) as ObjectAbout
  }
}
