/** What a run is told. */
export interface Arguments {
  readonly minutes: number
  readonly seed: number
}

/** @throws Error that names what it does not know. */
export function parseArguments(args: readonly string[]): Arguments {
  const told = { minutes: 10, seed: Math.floor(Math.random() * 0xffffffff) }
  for (let n = 0; n < args.length; n += 2) {
    const [flag, value] = [args[n] as string, Number(args[n + 1])]
    if (flag !== '--minutes' && flag !== '--seed') {
      throw new Error(`soak: ${flag} is not known; usage: pnpm soak [--minutes 10] [--seed number]`)
    }
    if (!Number.isFinite(value) || value < 0)
      throw new Error(`soak: ${flag} needs a number, not ${args[n + 1]}`)
    told[flag.slice(2) as keyof typeof told] = value
  }
  return told
}
