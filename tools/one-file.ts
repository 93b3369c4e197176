import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type GetModuleInfo, type Plugin, rollup } from 'rollup'

export interface Entries {
  /** The files that are loaded together, without their `.js`. */
  readonly together: readonly string[]
  /** Those of the other entries. */
  readonly beside: readonly string[]
}

const split = resolve('dist/split')

/** The code and the map of a file that esbuild has built. What it imports for its effects alone has none. */
const built: Plugin = {
  name: 'built',
  resolveId: source =>
    /^node:/.test(source) ? { id: source, external: true, moduleSideEffects: false } : null,
  load: id => ({
    code: readFileSync(id, 'utf8').replaceAll(/^import "[^"]*";$/gm, ''),
    map: readFileSync(`${id}.map`, 'utf8')
  })
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
    plugins: [built],
    // Rollup takes a loop without an end for one without an effect; esbuild has left out what is not used.
    treeshake: false
  })
  let chunks: Map<string, string> | undefined
  await bundle.write({
    dir: 'dist',
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: ({ name }) => (name === 'all' ? 'all.js' : '[name]-[hash].js'),
    hoistTransitiveImports: false,
    minifyInternalExports: false,
    manualChunks(id, { getModuleInfo }) {
      chunks ??= chunksOf(together.map(fileOf), getModuleInfo)
      return chunks.get(id)
    }
  })
  await bundle.close()
}

/** Which modules come into which file: all that is loaded with the first ones, and what each late import adds to it. */
function chunksOf(first: readonly string[], getModuleInfo: GetModuleInfo): Map<string, string> {
  const chunks = new Map<string, string>()
  const add = (modules: readonly string[], chunk: string): void => {
    for (const id of modules) {
      const info = getModuleInfo(id)
      if (info === null || info.isExternal || chunks.has(id)) continue
      chunks.set(id, chunk)
      add(info.importedIds, chunk)
    }
  }
  add(first, 'all')
  for (const id of [...chunks.keys()]) {
    for (const late of getModuleInfo(id)?.dynamicallyImportedIds ?? []) {
      // `load-module` of `load-module-7K26JJZH.js`
      add([late], basename(late).replace(/-[^-]*$/, ''))
    }
  }
  return chunks
}
