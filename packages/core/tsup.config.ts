import { relative, resolve } from 'node:path'
import type { Options } from 'tsup'
import { defineConfig } from 'tsup'
import { oneFile } from '../../tools/one-file.js'
import { library } from '../../tools/tsup.js'

/** The entries that are loaded together. */
const together = ['index', 'executor/index', 'internal/index']
const beside = ['host/index', 'testing/index', 'testing/tasks']

const source = (name: string): string => `src/${name}.ts`
const sources = together.map(name => resolve(source(name)))

/** In CommonJS those that are loaded together only export from the one file that holds them all (src/commonjs.ts). */
const oneFileOfCommonJs: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'one-file-of-commonjs',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ importer }) => {
      if (!sources.includes(importer)) return undefined
      const folder = relative(resolve('src'), resolve(importer, '..'))
      return { path: folder === '' ? './commonjs.cjs' : '../commonjs.cjs', external: true }
    })
  }
}

// `clean` would let one build delete what another has just written: the script empties dist before all of them.
const every: Options = { ...library, entry: [...together, ...beside].map(source), clean: false }

export default defineConfig([
  { ...every, dts: { ...(library.dts as object), only: true } },
  {
    ...every,
    format: ['esm'],
    outDir: 'dist/split',
    dts: false,
    onSuccess: () => oneFile({ together, beside })
  },
  { ...every, format: ['cjs'], dts: false, esbuildPlugins: [oneFileOfCommonJs] },
  { ...every, entry: ['src/commonjs.ts'], format: ['cjs'], dts: false }
])
