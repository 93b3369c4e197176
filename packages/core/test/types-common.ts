/** Whether two types are the same. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** Compiles where the two types are the same. */
export const is = <A, B>(same: Same<A, B>) => same

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
  Database: new (file: string) => { query(sql: string): string[] }
}
