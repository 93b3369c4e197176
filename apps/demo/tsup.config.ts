import { defineConfig } from 'tsup'

// Every task module is an entry of its own: a worker imports it by its URL.
export default defineConfig({
  entry: ['src/main.ts', 'src/report.ts', 'src/**/*.tasks.ts'],
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  dts: false,
  sourcemap: true,
  clean: true,
  splitting: true,
  removeNodeProtocol: false
})
