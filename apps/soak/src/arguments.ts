/** What a run is told. */
export interface Arguments {
  /** Whether clients ask a service, in the place of calls to pools. */
  readonly service: boolean
  readonly minutes: number
  readonly seed: number
}

/** @throws Error that names what it does not know. */
export function parseArguments(args: readonly string[]): Arguments {
  const told = { minutes: 10, seed: Math.floor(Math.random() * 0xffffffff) }
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
    told[flag.slice(2) as keyof typeof told] = value
  }
  return { service, ...told }
}
