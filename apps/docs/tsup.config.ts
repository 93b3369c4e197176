import { defineConfig } from 'tsup'

// VitePress loads the configuration by its path.
export default defineConfig({
  entry: ['src/main.ts', 'src/config.ts'],
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  dts: false,
  sourcemap: true,
  clean: true,
  splitting: true,
  removeNodeProtocol: false
})
