/** Calls back and waits for it. */
export function ask(question) {
  return question()
}

/** Calls back, and blocks its thread until the promise of the callback has settled. */
export function askBlocking(question) {
  return question().runSync()
}

export function add(a, b) {
  return a + b
}

export async function addLater(a, b) {
  return a + b
}
