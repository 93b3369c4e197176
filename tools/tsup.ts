import type { Options } from 'tsup'

/**
 * What every package's build has in common: ESM and CommonJS, with types for both. Only ESM is split into chunks: to
 * split CommonJS tsup would turn every `import()` into a `require`, which can't load a user's ES module.
 */
export const library: Options = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  sourcemap: false,
  clean: true,
  shims: true,
  inject: ['../../tools/captured-globals.ts'],
  removeNodeProtocol: false
}
