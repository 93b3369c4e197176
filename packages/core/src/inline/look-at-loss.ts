const isProduction = process.env.NODE_ENV === 'production'

type Warn = (where: string, what: string, value: unknown) => void

/** How many values are kept until the check is loaded: a caller that blocks in a loop prevents loading. */
const MOST_WAITING = 16

let warn: Warn | undefined
let waiting: Parameters<Warn>[] | undefined

/**
 * Outside of production, warns about arguments and results of a module's function that work on this thread but would
 * not cross to another one, since the executor is only a setting. The check is loaded when it is first needed.
 */
export function lookAtLoss(name: string, what: 'args' | 'its result', value: unknown): void {
  if (isProduction || typeof value !== 'object' || value === null) return
  if (warn !== undefined) return warn(`${name}()`, what, value)
  if (waiting === undefined) void load()
  else if (waiting.length === MOST_WAITING) return
  waiting ??= []
  waiting.push([`${name}()`, what, value])
}

async function load(): Promise<void> {
  ;({ warnOfLoss: warn } = await import('../wire/loss-warning.js'))
  for (const seen of waiting?.splice(0) ?? []) warn(...seen)
}
