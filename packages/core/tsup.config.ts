import { relative, resolve } from 'node:path'
import type { Options } from 'tsup'
import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

/** The entries that are loaded together. */
const together = ['index', 'executor/index', 'internal/index'].map(name => resolve('src', `${name}.ts`))

/** In CommonJS these only export from the one file that holds them all (src/commonjs.ts). */
const oneFile: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'one-file',
  setup({ initialOptions, onResolve }) {
    if (initialOptions.format !== 'cjs') return
    onResolve({ filter: /^\./ }, ({ importer }) => {
      if (!together.includes(importer)) return undefined
      const folder = relative(resolve('src'), resolve(importer, '..'))
      return { path: folder === '' ? './commonjs.cjs' : '../commonjs.cjs', external: true }
    })
  }
}

// `clean` would let one build delete what the other has just written: the script empties dist before both.
export default defineConfig([
  {
    ...library,
    entry: [
      'src/index.ts',
      'src/executor/index.ts',
      'src/host/index.ts',
      'src/internal/index.ts',
      'src/testing/index.ts',
      'src/testing/tasks.ts'
    ],
    esbuildPlugins: [oneFile],
    clean: false
  },
  { ...library, entry: ['src/commonjs.ts'], format: ['cjs'], dts: false, clean: false }
])
