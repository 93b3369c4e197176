/** The parameters and the result of one overload of a function. */
export type Signature = readonly [parameters: unknown[], result: unknown]

/**
 * The overloads of a function, in the order of their declaration; of more than four the last four. A function with a
 * single signature is handled first, at a quarter of the cost.
 */
export type Signatures<F> = F extends (...args: infer A) => infer R
  ? ((...args: A) => R) extends F
    ? [[A, R]]
    : Overloads<F>
  : []

/**
 * For fewer overloads than a pattern has, TypeScript repeats the first one, or makes up overloads that accept and
 * return anything.
 */
type Overloads<F> = F extends {
  (...args: infer A1): infer R1
  (...args: infer A2): infer R2
  (...args: infer A3): infer R3
  (...args: infer A4): infer R4
}
  ? Distinct<[[A1, R1], [A2, R2], [A3, R3], [A4, R4]]>
  : F extends {
        (...args: infer A1): infer R1
        (...args: infer A2): infer R2
        (...args: infer A3): infer R3
      }
    ? Distinct<[[A1, R1], [A2, R2], [A3, R3]]>
    : F extends { (...args: infer A1): infer R1; (...args: infer A2): infer R2 }
      ? Distinct<[[A1, R1], [A2, R2]]>
      : F extends (...args: infer A) => infer R
        ? [[A, R]]
        : []

/** Without the overloads that were made up or repeated; the last is always real. */
type Distinct<S extends Signature[]> = S extends [
  infer First extends Signature,
  infer Second extends Signature,
  ...infer Rest extends Signature[]
]
  ? Same<First, Second> extends true
    ? Distinct<[Second, ...Rest]>
    : Same<First, [unknown[], unknown]> extends true
      ? Distinct<[Second, ...Rest]>
      : [First, ...Distinct<[Second, ...Rest]>]
  : S

/** Whether two types are the same. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
