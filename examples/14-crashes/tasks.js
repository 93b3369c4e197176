import { threadId } from 'node:worker_threads'

export const where = () => threadId

/** Ends its thread, as native code or a library that calls process.exit() does. */
export function crash() {
  process.exit(7)
}

/** Takes more memory than its thread may have. */
export function fill() {
  const rows = []
  for (;;) rows.push({ n: rows.length })
}
