/** What is still to be said by this thread if it ends now. */
const words = new Set<() => void>()

const sayAll = (): void => {
  for (const say of words) say()
}

/**
 * Calls `say` when this thread ends by `process.exit()` or an uncaught error: a consumer that blocks has no event
 * loop to learn it by. Returns what takes it back.
 */
export function lastWords(say: () => void): () => void {
  // One listener for all of them: Node warns of more than ten.
  if (words.size === 0) process.on('exit', sayAll)
  words.add(say)
  return () => {
    words.delete(say)
    if (words.size === 0) process.off('exit', sayAll)
  }
}
