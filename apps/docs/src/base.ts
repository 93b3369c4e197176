/** The path under which the site is served. */
export const base = process.env.DOCS_BASE ?? '/'
