/** Thrown when a notebook has no note of that name. */
export class NoteNotFoundError extends Error {
  override readonly name = 'NoteNotFoundError'
  readonly note: string

  constructor(note: string) {
    super(`there is no note '${note}'`)
    this.note = note
  }
}
