/** Whether two types are the same. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles where the two types are the same. */
export const is = <A, B>(same: Same<A, B>) => same

/** A class without fields of its own that can be iterated. */
export class Tree {
  *[Symbol.iterator](): Generator<string, void, unknown> {
    yield this.#root
  }
  readonly #root = 'root'
}

/** One that shows itself by a method. */
export declare class Shelf {
  find(title: string): string
  [Symbol.iterator](): Iterator<string>
}

/** One with a field, which is copied. */
export declare class Page {
  title: string;
  [Symbol.iterator](): Iterator<string>
}

/** The module a user would import. */
export interface Module {
  hash(text: string, rounds?: number): string
  fetchUser(id: number): Promise<{ name: string }>
  sum(...numbers: number[]): number
  primes(limit: number): Generator<number, string, boolean>
  later(): AsyncGenerator<number, void, unknown>
  // biome-ignore lint/suspicious/noExplicitAny: a result that is typed so is what is tested
  anything(): any
  fails(): never
  flag(): boolean
  cached(): number | Promise<number>
  constant: number
  tree(): Tree
  shelf(): Shelf | null
  page(): Page
  iterable(): Iterable<number>
  map(): Map<string, number>
  set(): ReadonlySet<number>
  list(): readonly number[]
  bytes(): Uint8Array
  headers(): Headers
  form(): FormData
  params(): URLSearchParams
  text(): string
  Database: new (file: string) => { query(sql: string): string[] }
}
