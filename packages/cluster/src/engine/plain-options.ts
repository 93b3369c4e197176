/** A copy of the options for another thread; `undefined` if they contain something that cannot be copied, such as a function. */
export function plainOptions(options: unknown): { readonly value: unknown } | undefined {
  try {
    return { value: structuredClone(options) }
  } catch {
    return undefined
  }
}
