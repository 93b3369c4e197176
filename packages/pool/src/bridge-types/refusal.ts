/**
 * An error that is shown to the user without a stack: what is wrong, where, and what to do. Ends the command with
 * `code`.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    message: string,
    readonly code: 1 | 2 = 1
  ) {
    super(message)
  }
}
