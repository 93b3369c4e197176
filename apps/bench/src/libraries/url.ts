import { fileURLToPath } from 'node:url'

/** The URL of a built worker or task module. */
export function workerUrl(name: string): URL {
  return new URL(`./workers/${name}.js`, import.meta.url)
}

/** The same as a path. */
export function workerPath(name: string): string {
  return fileURLToPath(workerUrl(name))
}
