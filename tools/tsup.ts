import type { Options } from 'tsup'

/** What every package's build has in common: ESM and CommonJS, with types for both. */
export const library: Options = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  sourcemap: true,
  clean: true,
  splitting: true,
  shims: true,
  removeNodeProtocol: false
}
