import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Loads the module by the user's `load`. jest refuses `import()` in CommonJS, which TypeScript leaves as it is where it
 * compiles for Node; jest's own `createRequire` gives a `require` that loads the module with all of jest's ways.
 */
export function loadInPlace(
  load: () => object | Promise<object>,
  url: URL | string
): object | Promise<object> {
  const loading = load()
  if (!(loading instanceof Promise)) return loading
  return loading.catch((error: unknown) => {
    if (!isImportRefused(error)) throw error
    const path = url instanceof URL || url.startsWith('file:') ? fileURLToPath(url) : url
    // Without the extension, since sources have another one than what they are compiled to.
    return createRequire(path)(path.replace(/\.[cm]?[jt]s$/, '')) as object
  })
}

function isImportRefused(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG'
}
