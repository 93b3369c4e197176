/** The error of a first connection that failed. `url` is without its password. */
export function cannotConnect(where: string, url: string, cause: unknown): Error {
  const said = cause instanceof Error ? cause.message : String(cause)
  const why = said === '' ? String((cause as { code?: unknown }).code ?? 'no answer') : said
  return new Error(
    `${where}: can't connect to ${url}: ${why}. Start the server, or correct its URL and login in the options`,
    { cause }
  )
}

/** A server's URL without its password, for messages. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)?[^/]*@/i, '$1')
}
