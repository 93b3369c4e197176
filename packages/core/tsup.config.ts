import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

export default defineConfig({
  ...library,
  entry: [
    'src/index.ts',
    'src/executor/index.ts',
    'src/host/index.ts',
    'src/testing/index.ts',
    'src/testing/tasks.ts'
  ]
})
