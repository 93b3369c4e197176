import type { Options } from 'tsup'
import { defineConfig } from 'tsup'
import { oneFile } from '../../tools/one-file.js'
import { library } from '../../tools/tsup.js'

/** The entries that are loaded together. */
const together = ['index', 'executor/index', 'internal/index']
const dense = ['testing/index', 'testing/tasks']
const beside = ['host/index', ...dense]

// `clean` would let one build delete what another has just written: the script empties dist before both.
const every: Options = {
  ...library,
  entry: [...together, ...beside].map(name => `src/${name}.ts`),
  clean: false
}

export default defineConfig([
  { ...every, dts: { ...(library.dts as object), only: true } },
  {
    ...every,
    format: ['esm'],
    outDir: 'dist/split',
    dts: false,
    onSuccess: () => oneFile({ together, beside, dense })
  }
])
