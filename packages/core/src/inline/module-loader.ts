import { checkFunction } from '../check.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { InvalidArgumentError } from '../errors/errors.js'
import { loadModuleSync, notLoaded } from '../host/loaded-modules.js'
import { isThenable } from '../kind.js'
import { adopt, ignore } from '../promise.js'
import { noteTaskModule } from '../wire/task-modules.js'

/** Loads a module by a function of the user's, each time anew: what it is asked remembers modules, and may forget them. */
export class ModuleLoader {
  readonly #load: () => unknown
  readonly #isArrow: boolean
  /** What it gave the last time. */
  #module: object | undefined

  /**
   * `isArrow` where it imports the module, and so gives a promise, while Node may be able to load that at once; what was
   * loaded `before` is what a caller that blocks gets until it has been loaded anew.
   */
  constructor(where: string, load: unknown, isArrow: boolean, before: ModuleLoader | undefined) {
    checkFunction(where, 'load', load)
    this.#module = before === undefined ? undefined : before.#module
    this.#load = load as () => unknown
    this.#isArrow = isArrow
  }

  async load(url: string): Promise<object> {
    try {
      const loading = this.#load()
      return this.#noted(url, isThenable(loading) ? await adopt(loading) : loading)
    } catch (error) {
      throw notLoaded(url, error)
    }
  }

  /** @throws CannotBlockError when it takes its time, and has not been awaited before. */
  loadSync(name: string, url: string): object {
    if (this.#isArrow) return this.#module ?? loadModuleSync(url)
    let loading: unknown
    try {
      loading = this.#load()
      if (!isThenable(loading)) return this.#noted(url, loading)
    } catch (error) {
      throw notLoaded(url, error)
    }
    adopt(loading).then(module => this.#noted(url, module), ignore)
    if (this.#module !== undefined) return this.#module
    throw cannotBlock(`${name}() is in a module whose load() gives a promise, which was not awaited yet`)
  }

  #noted(url: string, module: unknown): object {
    if (Object(module) !== module) {
      throw new InvalidArgumentError(`load() of ${url} must give the module, or a promise of it`)
    }
    this.#module = module as object
    noteTaskModule(url, this.#module)
    return this.#module
  }
}
