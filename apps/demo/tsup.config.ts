import { copyFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'

export default defineConfig([
  {
    // File by file: a worker imports a module of tasks by its URL, which is seen from the file that names it.
    entry: ['src/**/*.ts', '!src/page/browser/**'],
    bundle: false,
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    dts: false,
    sourcemap: true,
    clean: true,
    removeNodeProtocol: false
  },
  {
    // The page's own script, with all that it needs.
    entry: { page: 'src/page/browser/page.ts' },
    outDir: 'dist/page',
    format: ['esm'],
    target: 'es2022',
    platform: 'browser',
    noExternal: [/.*/],
    minify: true,
    dts: false,
    async onSuccess() {
      await copyFile('src/page/index.html', 'dist/page/index.html')
    }
  }
])
