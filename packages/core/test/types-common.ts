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

/** A class that is recognized by a method. */
export declare class Shelf {
  find(title: string): string
  [Symbol.iterator](): Iterator<string>
}

/** A class with a field, which is copied. */
export declare class Page {
  title: string;
  [Symbol.iterator](): Iterator<string>
}

/** Classes that data may be mistaken for. */
export declare class Point {
  constructor(x: number, y: number)
  x: number
  y: number
}
export declare class Token {
  private secret: number
  static issue(): Token
}
export declare class Model {
  // biome-ignore lint/suspicious/noExplicitAny: a field that is typed so is what is tested
  meta: any
  run(text: string): number
}

/** What is kept of functions, and what is not. */
export interface Forms {
  Point: typeof Point
  Token: typeof Token
  Model: typeof Model
  norm(point: Point): number
  all(points: Point[], more: { point: Point }): number
  check(token: Token): boolean
  use(model: Model): number
  first<T>(list: readonly T[]): T | undefined
  isText(value: unknown): value is string
  assertText(value: unknown): asserts value is string
  versioned: ((x: number) => number) & { version: number }
  bound(this: { q: number }, x: number): number
  many(a: string): number
  many(a: number, b: boolean): string
  many(a: Date): Promise<Date>
  optional?: (x: number) => number
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
