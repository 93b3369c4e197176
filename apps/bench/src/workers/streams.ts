/** An item of the streams of objects. */
export interface Item {
  id: number
  name: string
  even: boolean
}

/** The item of a stream for a number, by kind. */
export const itemOf = {
  numbers: (id: number) => id,
  fractions: (id: number) => id + 0.5,
  objects: item
}

export type Kind = keyof typeof itemOf

export function* numbers(from: number, count: number): Generator<number> {
  for (let n = 0; n < count; n++) yield from + n
}

export async function* numbersAsync(from: number, count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) yield from + n
}

export function* fractions(from: number, count: number): Generator<number> {
  for (let n = 0; n < count; n++) yield from + n + 0.5
}

export function* objects(from: number, count: number): Generator<Item> {
  for (let n = 0; n < count; n++) yield item(from + n)
}

export function item(id: number): Item {
  return { id, name: `item ${id}`, even: id % 2 === 0 }
}
