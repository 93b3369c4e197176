import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Options } from 'tsup'
import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

const THREAD = { __BRIDGE_THREAD__: 'true' }

const split = fileURLToPath(new URL('../core/dist/split/', import.meta.url))

/**
 * Core is taken from its split files, so that a text contains only what it uses. Late imports of core become early ones: esbuild
 * would wrap each module that a late import reaches in a function, which a thread would parse twice, and would remove
 * nothing unused from it.
 */
const coreInText: Plugin = {
  name: 'core-in-text',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@bridge\/core(\/|$)/ }, ({ path }) => ({
      path: `${split}${path.slice('@bridge/core/'.length).replace(/(.)$/, '$1/')}index.js`,
      sideEffects: false
    }))
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

/** Builds what a thread runs as a text: as an ES module where it is imported by a `data:` URL. */
async function textOf(name: 'entries' | 'watcher' | 'synckit'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`src/worker/${name}.ts`],
    write: false,
    bundle: true,
    // Not the identifiers: names of classes and functions are in messages, and to keep them otherwise is a call for each closure.
    minifyWhitespace: true,
    minifySyntax: true,
    // Node prints the whole line that throws an uncaught error.
    lineLimit: 400,
    platform: 'node',
    target: 'node20',
    ...(name === 'synckit'
      ? { format: 'esm' }
      : {
          format: 'cjs',
          define: { ...THREAD, __BRIDGE_TEXT__: 'true', 'import.meta.url': 'importMetaUrl' },
          banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" }
        }),
    inject: ['../../tools/captured-globals.ts'],
    plugins: [coreInText],
    logLevel: 'error'
  })
  return outputFiles[0]?.text ?? ''
}

/**
 * The file that exports the text of a pool's threads and of the loop's. It is an ES module, which every bundler reads; CommonJS
 * requires it only in a bundle, and a thread of an installed package reads it as a file (src/worker/run-text.ts).
 */
const WORKER_TEXT = './worker-text.js'

const requiredText = `export default {
  toString() {
    const text = require('${WORKER_TEXT}')
    return text.default ?? text
  }
}`

async function writeWorkerText(): Promise<void> {
  await writeFile(`dist/${WORKER_TEXT}`, `export default ${JSON.stringify(await textOf('entries'))}\n`)
}

/** What a thread runs, as text in the package itself, for bundles that take the package in and leave its files behind. */
const builtTexts: Plugin = {
  name: 'built-texts',
  setup({ initialOptions, onResolve, onLoad }) {
    onResolve({ filter: /^\.\/worker-text\.js$/ }, () => ({ path: WORKER_TEXT, external: true }))
    onResolve({ filter: /^built:worker$/ }, () =>
      initialOptions.format === 'cjs'
        ? { path: 'worker', namespace: 'required' }
        : { path: WORKER_TEXT, external: true }
    )
    onLoad({ filter: /./, namespace: 'required' }, () => ({ contents: requiredText, loader: 'js' }))
    onResolve({ filter: /^built:(watcher|synckit)$/ }, ({ path }) => ({
      path: path.slice('built:'.length),
      namespace: 'built'
    }))
    onLoad({ filter: /./, namespace: 'built' }, async ({ path }) => ({
      contents: await textOf(path as 'watcher' | 'synckit'),
      loader: 'text'
    }))
  }
}

/** What of the package `@bridge/pool/synckit` loads when something is called stays in its own file. */
const laterPool: Plugin = {
  name: 'later-pool',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path: './index.cjs', external: true }))
  }
}

/** Of `@bridge/pool/synckit` the ES module only exports what its CommonJS file holds. */
const oneSynckit: Plugin = {
  name: 'one-synckit',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/index\.js$/ }, () => ({ path: './synckit.cjs', external: true }))
  }
}

const plugins = (...all: Plugin[]): Pick<Options, 'esbuildPlugins'> => ({
  esbuildPlugins: all as NonNullable<Options['esbuildPlugins']>
})

// `clean` would let one build delete what the other has just written: the script empties dist before both.
export default defineConfig([
  { ...library, ...plugins(builtTexts), clean: false, onSuccess: writeWorkerText },
  {
    // What a thread's Worker is given: compiles the text, and the watcher, which is small, for itself.
    ...library,
    entry: {
      thread: 'src/worker/thread-file.ts',
      loop: 'src/worker/loop-file.ts',
      watcher: 'src/worker/watcher.ts'
    },
    format: ['cjs'],
    noExternal: [/^@bridge\//],
    define: THREAD,
    ...plugins(coreInText, builtTexts),
    dts: false,
    splitting: false,
    clean: false
  },
  {
    // A command of its own, which is never loaded with the package; the compiler is the user's.
    ...library,
    entry: { 'bridge-types': 'src/bridge-types/command.ts' },
    esbuildOptions: options => {
      options.minifyWhitespace = true
      options.lineLimit = 400
    },
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
    ...plugins(builtTexts, laterPool),
    clean: false
  },
  {
    ...library,
    entry: { synckit: 'src/synckit/module.ts' },
    format: ['esm'],
    ...plugins(oneSynckit),
    dts: { ...(library.dts as object), entry: { synckit: 'src/synckit/index.ts' } },
    clean: false
  }
])
