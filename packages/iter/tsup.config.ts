import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

export default defineConfig(library)
