import { readFile } from 'node:fs/promises'
import { build, type Plugin } from 'esbuild'
import type { Options } from 'tsup'
import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

const THREAD = { __BRIDGE_THREAD__: 'true' }

/**
 * In what is one file anyway, what core imports late is imported with the rest: esbuild would make a function of each module
 * that one of these imports, so that a thread would read its text twice, and leave nothing of it out.
 */
const nothingLate: Plugin = {
  name: 'nothing-late',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]core[\\/]dist[\\/]split[\\/]/ }, async ({ path }) => {
      const late: string[] = []
      const text = await readFile(path, 'utf8')
      const contents = text.replaceAll(/\bimport\(("\.[^"]+")\)/g, (_, file) => {
        late.push(`import * as late${late.length} from ${file};\n`)
        return `late${late.length - 1}`
      })
      return { contents: late.join('') + contents, loader: 'js' }
    })
  }
}

/** What is built as an ES module, since its text is imported by a `data:` URL. */
const IMPORTED = ['synckit']

/**
 * What a thread runs, as text in the package itself, for bundles that take the package in and leave its files behind
 * (`built:thread` is src/worker/thread.ts).
 */
const builtTexts: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'built-texts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^built:/ }, ({ path }) => ({
      path: path.slice('built:'.length),
      namespace: 'built'
    }))
    onLoad({ filter: /./, namespace: 'built' }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [`src/worker/${path}.ts`],
        write: false,
        bundle: true,
        minify: true,
        // Names of classes and functions are in messages.
        keepNames: true,
        platform: 'node',
        target: 'node20',
        ...(IMPORTED.includes(path)
          ? { format: 'esm' }
          : {
              format: 'cjs',
              define: { ...THREAD, __BRIDGE_TEXT__: 'true', 'import.meta.url': 'importMetaUrl' },
              banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" }
            }),
        inject: ['../../tools/captured-globals.ts'],
        plugins: [nothingLate],
        logLevel: 'error'
      })
      return { contents: outputFiles[0]?.text ?? '', loader: 'text' }
    })
  }
}

/** What of the package `@bridge/pool/synckit` loads when something is called stays in its own file. */
const laterPool: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'later-pool',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path: './index.cjs', external: true }))
  }
}

/** Of `@bridge/pool/synckit` the ES module only exports what its CommonJS file holds. */
const oneSynckit: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'one-synckit',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: './synckit.cjs', external: true }))
  }
}

// `clean` would let one build delete what the other has just written: the script empties dist before both.
export default defineConfig([
  { ...library, esbuildPlugins: [builtTexts], clean: false },
  {
    // What runs inside a thread: each a single file, everything bundled in, so that a thread starts fast.
    ...library,
    entry: { thread: 'src/worker/thread.ts', loop: 'src/worker/loop.ts', watcher: 'src/worker/watcher.ts' },
    format: ['cjs'],
    noExternal: [/^@bridge\//],
    define: THREAD,
    esbuildPlugins: [nothingLate],
    dts: false,
    splitting: false,
    clean: false
  },
  {
    // A command of its own, which is never loaded with the package; the compiler is the user's.
    ...library,
    entry: { 'bridge-types': 'src/bridge-types/command.ts' },
    format: ['esm'],
    external: ['typescript'],
    dts: false,
    splitting: false,
    clean: false
  },
  {
    // One file for both kinds of modules: a worker that imports it by its one way and is called by the other finds itself,
    // and what only who calls needs is loaded when something is called.
    ...library,
    entry: { synckit: 'src/synckit/index.ts' },
    format: ['cjs'],
    esbuildPlugins: [builtTexts, laterPool],
    clean: false
  },
  {
    ...library,
    entry: { synckit: 'src/synckit/module.ts' },
    format: ['esm'],
    esbuildPlugins: [oneSynckit],
    dts: { ...(library.dts as object), entry: { synckit: 'src/synckit/index.ts' } },
    clean: false
  }
])
