import { createRequire, fileURLToPath } from '../node.js'
import { ignore } from '../promise.js'
import { stackBelow } from '../wire/own-modules.js'
import { noteTaskModule } from '../wire/task-modules.js'

/**
 * Makes known the error classes of a module that is being evaluated, as soon as it has been. Only one that Node itself
 * loads is found by its URL: a test runner's would be loaded a second time.
 */
export function registerOwnExports(url: string): void {
  const isNodes = stackBelow(registerOwnExports).includes(`${url}:`)
  queueMicrotask(() => {
    const commonJs = url.startsWith('file:') ? createRequire(url).cache[fileURLToPath(url)] : undefined
    if (commonJs !== undefined) noteTaskModule(url, commonJs.exports as object)
    else if (isNodes)
      import(/* webpackIgnore: true */ url).then((module: object) => noteTaskModule(url, module), ignore)
  })
}

/** A module that can't be evaluated is told of where it is imported. */
