/** The options of a run. */
export interface Arguments {
  /** Whether clients send requests to a service, instead of calls to pools. */
  readonly service: boolean
  readonly minutes: number
  readonly seed: number
}

/** @throws Error that names an unknown option. */
export function parseArguments(args: readonly string[]): Arguments {
  const options = { minutes: 10, seed: Math.floor(Math.random() * 0xffffffff) }
  const service = args.includes('--service')
  const pairs = args.filter(arg => arg !== '--service')
  for (let n = 0; n < pairs.length; n += 2) {
    const [flag, value] = [pairs[n] as string, Number(pairs[n + 1])]
    if (flag !== '--minutes' && flag !== '--seed') {
      throw new Error(
        `soak: ${flag} is not known; usage: pnpm soak [--service] [--minutes 10] [--seed number]`
      )
    }
    if (!Number.isFinite(value) || value < 0)
      throw new Error(`soak: ${flag} needs a number, not ${pairs[n + 1]}`)
    options[flag.slice(2) as keyof typeof options] = value
  }
  return { service, ...options }
}
