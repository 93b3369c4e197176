import { defineConfig } from 'tsup'

// Every worker is an entry of its own: threads load it by its path.
export default defineConfig({
  entry: ['src/main.ts', 'src/child.ts', 'src/workers/**/*.ts'],
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  dts: false,
  sourcemap: true,
  clean: true,
  splitting: true,
  removeNodeProtocol: false
})
