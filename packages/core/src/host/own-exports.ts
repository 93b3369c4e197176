import { createRequire, fileURLToPath } from '../node.js'
import { ignore } from '../promise.js'
import { stackBelow } from '../wire/own-modules.js'
import { addTaskModule } from '../wire/task-modules.js'

/**
 * Registers the error classes of a module that is being evaluated, after its evaluation. Only a module that Node itself
 * loads is found by its URL: a test runner's module would be loaded a second time.
 */
export function registerOwnExports(url: string): void {
  const isNodes = stackBelow(registerOwnExports).includes(`${url}:`)
  queueMicrotask(() => {
    const commonJs = url.startsWith('file:') ? createRequire(url).cache[fileURLToPath(url)] : undefined
    if (commonJs !== undefined) addTaskModule(url, commonJs.exports as object)
    else if (isNodes)
      import(/* webpackIgnore: true */ url).then((module: object) => addTaskModule(url, module), ignore)
  })
}

/** The importer of a module that can't be evaluated gets the error. */
