import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Loads the module by the user's `load`. In CommonJS, jest refuses the `import()` that TypeScript keeps when it compiles
 * for Node, and does not find a source by the name of its compiled file; then `createRequire`, which jest replaces by its
 * own, loads the module with jest's transforms and mocks.
 */
export function loadInPlace(
  load: () => object | Promise<object>,
  url: URL | string
): object | Promise<object> {
  const loading = load()
  if (!(loading instanceof Promise)) return loading
  return loading.catch((error: unknown) => {
    if (!isJestsRefusal(error)) throw error
    const path = url instanceof URL || url.startsWith('file:') ? fileURLToPath(url) : url
    return createRequire(path)(path.replace(/\.[cm]?[jt]s$/, '')) as object
  })
}

function isJestsRefusal(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG') return true
  return code === 'MODULE_NOT_FOUND' && process.env.JEST_WORKER_ID !== undefined
}
