const LINKS = [
  ['/delays?by=hour', 'delays by hour of departure, worked out off the event loop'],
  ['/delays?by=distance', 'the same by distance'],
  ['/delays?by=hour&inline=true', 'the same function on the event loop: look at /lag afterwards'],
  ['/flights?minDelay=60', 'every flight at least an hour late, streamed from a generator in a worker'],
  ['/whoami', 'the request id as a worker sees it'],
  ['/slow?timeout=200', 'work that never ends: 504 after 200 ms, and a new thread'],
  ['/lag', 'how late the event loop was since you last asked, in milliseconds']
] as const

/** The first page. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>flights</title>
<style>body { font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }</style>
<h1>flights</h1>
<p>200,000 US flights in SQLite, whose API is synchronous. It lives in worker threads; this server never waits.</p>
<ul>
${LINKS.map(([href, text]) => `<li><a href="${href.replace('&', '&amp;')}">${href.replace('&', '&amp;')}</a> – ${text}`).join('\n')}
</ul>
</html>
`
