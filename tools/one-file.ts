import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type GetModuleInfo, type Plugin, rollup } from 'rollup'

export interface Entries {
  /** The files that are loaded together, without their `.js`. */
  readonly together: readonly string[]
  /** Those of the other entries. */
  readonly beside: readonly string[]
}

const split = resolve('dist/split')

/** The code and the map of a file that esbuild has built. */
const built: Plugin = {
  name: 'built',
  load: id => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') })
}

/**
 * Builds the ES modules of `dist/split` once more, into `dist`, with all that is loaded with some entries in one file,
 * `all.js`: esbuild gives each set of entries that share some code a file of its own, and Node takes longer to find and read
 * thirty small files than to compile what they hold. What is imported late stays in files of its own. A bundler takes the
 * split ones (the condition `module`), since it leaves out a file sooner than what runs at the top of one.
 */
export async function oneFile({ together, beside }: Entries): Promise<void> {
  const fileOf = (name: string): string => resolve(split, `${name}.js`)
  const bundle = await rollup({
    input: Object.fromEntries([...together, ...beside].map(name => [name, fileOf(name)])),
    external: /^node:/,
    plugins: [built],
    // As the package's manifest says, no file is imported for its effects alone.
    treeshake: { moduleSideEffects: false }
  })
  let all: Set<string> | undefined
  await bundle.write({
    dir: 'dist',
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: ({ name }) => (name === 'all' ? 'all.js' : '[name]-[hash].js'),
    hoistTransitiveImports: false,
    minifyInternalExports: false,
    manualChunks(id, { getModuleInfo }) {
      all ??= loadedWith(together.map(fileOf), getModuleInfo)
      return all.has(id) ? 'all' : undefined
    }
  })
  await bundle.close()
}

/** These modules and what they import, but for what is imported late. */
function loadedWith(modules: readonly string[], getModuleInfo: GetModuleInfo): Set<string> {
  const found = new Set(modules)
  for (const id of found) for (const imported of getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  return found
}
