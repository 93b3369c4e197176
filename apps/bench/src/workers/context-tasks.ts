import { user } from './variables.js'

/** Answers with what the context says, so that a context that did not arrive is a wrong answer. */
export async function noopForUser(n: number): Promise<number> {
  return n + (user.get() ?? 0)
}
