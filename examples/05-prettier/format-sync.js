import { loop } from '@bridge/pool'

/** Prettier's own functions, as blocking functions. */
export const { check, format, resolveConfig } = loop.importSync(import.meta.resolve('prettier'))
