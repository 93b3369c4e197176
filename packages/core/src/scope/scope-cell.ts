import { currentScope, enterScope, type Scope, type ScopeOptions, scopeWithin } from './scope.js'

/**
 * A scope whose limits may be replaced while code runs inside: calls that are made after that have the new limits,
 * earlier ones keep theirs. It nests in the scope in which it was made.
 *
 * @example
 * ```ts
 * const cell = new ScopeCell({ timeout: 10_000 })
 * cell.run(() => handle(request))
 * cell.replace({ timeout: 60_000 })     // the route is known by now
 * ```
 */
export class ScopeCell {
  readonly #outer = currentScope()
  #current: Scope

  /** @throws InvalidArgumentError when an option is invalid. */
  constructor(options: ScopeOptions) {
    this.#current = scopeWithin(this.#outer, options, 'ScopeCell')
  }

  get current(): Scope {
    return this.#current
  }

  /** Replaces all limits; a timeout counts from now. Throws InvalidArgumentError when an option is invalid. */
  replace(options: ScopeOptions): void {
    this.#current = scopeWithin(this.#outer, options, 'ScopeCell.replace()')
  }

  /** Runs `fn` inside. */
  run<R>(fn: () => R): R {
    return enterScope(this, fn)
  }
}
