import { defineConfig } from 'tsup'

export default defineConfig({
  // A thread imports the module of tasks by its file: it is an entry of its own, beside the index that names it.
  entry: ['src/index.ts', 'src/tasks.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  // Lets the CommonJS build know where it stands.
  shims: true,
  clean: true,
  removeNodeProtocol: false
})
