import { checkFunction } from '../check.js'
import { cannotBlock } from '../errors/cannot-block.js'
import { InvalidArgumentError } from '../errors/errors.js'
import { loadModuleSync, notLoaded } from '../host/loaded-modules.js'
import { isThenable } from '../kind.js'
import { adopt, ignore } from '../promise.js'
import { addTaskModule } from '../wire/task-modules.js'

/**
 * Loads a module by a function of the user, called again each time: the function itself caches modules, and may discard
 * them.
 */
export class ModuleLoader {
  readonly #load: () => unknown
  readonly #isArrow: boolean
  /** Its last result. */
  #module: object | undefined

  /**
   * `isArrow` if it is an arrow function that imports the module, and so returns a promise, although Node may be able
   * to load the module synchronously; `before` is the loader whose module a blocking caller gets until this loader has
   * loaded it again.
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

  /** @throws CannotBlockError when the loader is asynchronous, and has not been awaited before. */
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
    throw cannotBlock(`${name}() is in a module whose load() returns a promise, which was not awaited yet`)
  }

  #noted(url: string, module: unknown): object {
    if (Object(module) !== module) {
      throw new InvalidArgumentError(`load() of ${url} must return the module, or a promise of it`)
    }
    this.#module = module as object
    addTaskModule(url, this.#module)
    return this.#module
  }
}
