/** The positions of included sections on the site: each is on one page. */
export class Places {
  readonly #pages = new Map<string, string>()

  /** @throws when it is on another page already. */
  add(file: string, anchor: string, page: string, anchorThere: string): void {
    const key = `${file}#${anchor}`
    const known = this.#pages.get(key)
    if (known !== undefined) throw new Error(`${key} is included twice, by ${known} and by ${page}`)
    this.#pages.set(key, anchorThere === '' ? `/${page}` : `/${page}#${anchorThere}`)
  }

  /** The position of a section; without an anchor, that of the beginning of the file. */
  find(file: string, anchor = 'top'): string | undefined {
    return this.#pages.get(`${file}#${anchor}`)
  }
}
