const isProduction = process.env.NODE_ENV === 'production'

type Warn = (where: string, what: string, value: unknown) => void

let loading: Promise<{ readonly warnOfLoss: Warn }> | undefined

/**
 * Outside of production, tells of what a module's function is given or gives here and could not have on another thread,
 * where its executor is only a setting. What looks is loaded when it is first needed.
 */
export function lookAtLoss(name: string, what: 'args' | 'its result', value: unknown): void {
  if (isProduction || typeof value !== 'object' || value === null) return
  loading ??= import('../wire/loss-warning.js')
  void loading.then(({ warnOfLoss }) => warnOfLoss(`${name}()`, what, value))
}
