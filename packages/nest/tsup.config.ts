import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

export default defineConfig({
  ...library,
  entry: { index: 'src/index.ts', worker: 'src/worker/index.ts', build: 'src/build/index.ts' }
})
