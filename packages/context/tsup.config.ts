import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

export default defineConfig({
  ...library,
  entry: { index: 'src/index.ts', otel: 'src/otel/index.ts', cls: 'src/cls/index.ts' }
})
