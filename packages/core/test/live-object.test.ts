import { bridge, InvalidArgumentError } from '@bridge/core'
import { describe, expect, expectTypeOf, test } from 'vitest'

class Shelf {
  items = ['a', 'b']
  isOpen = true
  readonly Box = class Box {
    size: number
    constructor(size: number) {
      this.size = size
    }
  };

  *[Symbol.iterator]() {
    yield* this.items
  }

  async *[Symbol.asyncIterator]() {
    yield* this.items
  }

  [Symbol.dispose]() {
    this.isOpen = false
  }

  count() {
    return this.items.length
  }

  toString() {
    return `shelf of ${this.items.length}`
  }

  toJSON() {
    return { shelf: this.items }
  }
}

describe('a view of a live object', () => {
  test('is iterated as its object is', async () => {
    const view = bridge(new Shelf())
    expect([...view]).toEqual(['a', 'b'])
    const items: string[] = []
    for await (const item of view) items.push(item)
    expect(items).toEqual(['a', 'b'])
  })

  test('is disposed of as its object is', () => {
    const shelf = new Shelf()
    const view = bridge(shelf)
    view[Symbol.dispose]()
    expect(shelf.isOpen).toBe(false)
  })

  test('is printed and serialised as its object is', () => {
    const view = bridge(new Shelf())
    expect(`${view}`).toBe('shelf of 2')
    expect(JSON.stringify(view)).toBe('{"shelf":["a","b"]}')
    expectTypeOf(view.toString()).toEqualTypeOf<string>()
  })

  test('constructs objects of its classes, also of function-style ones', () => {
    const view = bridge(new Shelf())
    expect(new view.Box(3).size).toBe(3)
    function Old(this: { size: number }, size: number) {
      this.size = size
    }
    const holder = bridge({ Old: Old as unknown as new (size: number) => { size: number } })
    expect(new holder.Old(4).size).toBe(4)
  })

  test('deletes and defines on its object', () => {
    const shelf = new Shelf() as Shelf & { note?: string; extra?: number }
    const view = bridge(shelf)
    shelf.note = 'x'
    expect(delete (view as { note?: string }).note).toBe(true)
    expect('note' in shelf).toBe(false)
    Object.defineProperty(view, 'extra', { value: 1, configurable: true })
    expect(shelf.extra).toBe(1)
    expect((view as { extra?: number }).extra).toBe(1)
  })

  test('has the prototype of its object, also when that changes', () => {
    const shelf = new Shelf()
    const view = bridge(shelf)
    const prototype = Object.create(Shelf.prototype) as object
    Object.setPrototypeOf(view, prototype)
    expect(Object.getPrototypeOf(shelf)).toBe(prototype)
    expect(Object.getPrototypeOf(view)).toBe(prototype)
  })

  test('is serialised as its object is where that is an array', () => {
    expect(JSON.stringify({ rows: bridge(['a', 'b']) })).toBe('{"rows":["a","b"]}')
  })

  test('changes properties of its object by defineProperty, and keeps attributes that are not named', () => {
    const plain = { name: 'a' }
    Object.defineProperty(bridge(plain), 'name', { value: 'b' })
    expect(Object.getOwnPropertyDescriptor(plain, 'name')).toMatchObject({ value: 'b', configurable: true })
  })

  test('refuses operations that a view can not do for its object', () => {
    const shelf = new Shelf()
    const view = bridge(shelf)
    expect(() => Object.freeze(view)).toThrow(InvalidArgumentError)
    expect(() => Object.defineProperty(view, 'fixed', { value: 1 })).toThrow(/fixed.*object itself/)
    expect('fixed' in shelf).toBe(false)
    expect(Object.isFrozen(shelf)).toBe(false)
  })
})
