/**
 * The parts of Node that several files use. Each file that imports a module of Node leaves a separate import in a
 * bundle; these leave one.
 */
export { AsyncResource } from 'node:async_hooks'
export { default as diagnostics } from 'node:diagnostics_channel'
export { createRequire } from 'node:module'
export { fileURLToPath, pathToFileURL } from 'node:url'
export { inspect, isDeepStrictEqual, types } from 'node:util'
export { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from 'node:worker_threads'
