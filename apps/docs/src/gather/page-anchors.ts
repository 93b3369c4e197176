import { slug } from '../markdown/slug.js'

/** The anchors of one page's headings, in their order: the second one of the same title has a number, as in VitePress. */
export class PageAnchors {
  readonly #taken = new Set<string>()

  next(title: string): string {
    const first = slug(title)
    let anchor = first
    for (let n = 1; this.#taken.has(anchor); n++) anchor = `${first}-${n}`
    this.#taken.add(anchor)
    return anchor
  }
}
