/**
 * How the search ranks and reads words. VitePress puts the text of these functions into the site, so they use nothing from
 * outside.
 */
export const searchOptions = {
  /** Pages that explain a word rank before API pages and benchmark tables that only contain it. */
  boostDocument: (id: string): number =>
    /\/(?:api|benchmarks)\//.test(id) ? 0.4 : /\/coming-from\//.test(id) ? 0.7 : 1,
  /** Leaves out the words that every question has: they would find every long page. */
  processTerm: (term: string): string | null => {
    const word = term.toLowerCase()
    const isLeftOut =
      /^(?:an?|the|i|my|we|our|you|your|it|its|is|are|was|be|been|can|could|should|do|does|did|how|what|why|when|where|which|and|or|of|to|in|on|at|by|for|from|with|if)$/.test(
        word
      )
    return isLeftOut ? null : word
  }
}
