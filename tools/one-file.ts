import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { transform } from 'esbuild'
import { type GetModuleInfo, type ModuleFormat, type Plugin, rollup } from 'rollup'

export interface Entries {
  /** The entries that are loaded together, without `.js`. */
  readonly together: readonly string[]
  /** The other entries. */
  readonly beside: readonly string[]
  /** Those of them that are published without whitespace as ES modules, too. */
  readonly dense: readonly string[]
}

/** Characters of a line: Node prints the whole line that throws an uncaught error. */
const LINE = 400

const split = resolve('dist/split')

/** The code of a file that esbuild has built. An import for its effects alone is removed: no file has any. */
const built: Plugin = {
  name: 'built',
  resolveId: source =>
    /^node:/.test(source) ? { id: source, external: true, moduleSideEffects: false } : null,
  load: id => readFileSync(id, 'utf8').replaceAll(/^import "[^"]*";$/gm, '')
}

/** In CommonJS a module's own URL; Rollup's default asks `document` for it, which a test environment may define. */
const ownUrl: Plugin = {
  name: 'own-url',
  resolveImportMeta: (property, { format }) =>
    format === 'cjs' && property === 'url' ? "require('node:url').pathToFileURL(__filename).href" : null
}

/** CommonJS says once more what the ES modules say, which can be read; `names` are large files that no program ships. */
function withoutWhitespace(names: readonly string[]): Plugin {
  return {
    name: 'without-whitespace',
    renderChunk: (code, { name }, { format }) =>
      format === 'cjs' || names.includes(name)
        ? transform(code, { minifyWhitespace: true, lineLimit: LINE, target: 'node20' })
        : null
  }
}

/**
 * Builds the ES modules of `dist/split` once more, into `dist`, as ES modules and as CommonJS, with everything that
 * is loaded with some entries in one file, `all`: esbuild makes a separate file for each set of entries that share code (and
 * splits no CommonJS: each entry would contain the shared code again), and Node takes longer to find and read thirty small
 * files than to compile their contents. Late imports stay in separate files. `dist/split` is not published; the pool's build
 * takes a thread's text from it, because a bundler leaves out a file sooner than the statements at the top of one.
 */
export async function oneFile({ together, beside, dense }: Entries): Promise<void> {
  const fileOf = (name: string): string => resolve(split, `${name}.js`)
  const bundle = await rollup({
    input: Object.fromEntries([...together, ...beside].map(name => [name, fileOf(name)])),
    plugins: [built, ownUrl, withoutWhitespace(dense)],
    // Rollup treats an endless loop as one without an effect; esbuild has already removed unused code.
    treeshake: false
  })
  const write = (format: ModuleFormat, extension: string): Promise<unknown> => {
    let chunks: Map<string, string> | undefined
    return bundle.write({
      dir: 'dist',
      format,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: ({ name }) => (name === 'all' ? `all.${extension}` : `[name]-[hash].${extension}`),
      hoistTransitiveImports: false,
      minifyInternalExports: false,
      // What is imported from outside are Node's built-in modules, whose default export is the module.
      interop: 'default',
      manualChunks(id, { getModuleInfo }) {
        chunks ??= chunksOf(together.map(fileOf), getModuleInfo)
        return chunks.get(id)
      }
    })
  }
  await write('es', 'js')
  await write('cjs', 'cjs')
  await bundle.close()
}

/** Which modules go into which file: those that are loaded with the entries, and those that each late import adds. */
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
