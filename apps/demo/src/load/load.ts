// A limited load on loopback: measures how long a light route waits while heavy reports run, on the pool and on the event loop.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'

/** Seconds of each measurement. */
const SECONDS = Number(process.env.SECONDS) || 10
/** Clients of the light route, and of the reports. */
const LIGHT_CLIENTS = 4
const REPORT_CLIENTS = 2
/** Requests per second to the light route: a fixed load, not its maximum. */
const RATE = 200

interface Row {
  readonly reports: string
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly made: number
}

const server = spawn(process.execPath, [fileURLToPath(new URL('../main.js', import.meta.url))], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit']
})

async function addressOf(child: ChildProcess): Promise<string> {
  let output = ''
  for await (const chunk of child.stdout ?? []) {
    output += chunk
    const url = /listening on (\S+)/.exec(output)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`the server has ended: ${output}`)
}

async function measure(url: string, reports: string, path: string | undefined): Promise<Row> {
  const leaving = new AbortController()
  let made = 0
  const beside = async (): Promise<void> => {
    while (path !== undefined && !leaving.signal.aborted) {
      await (await fetch(`${url}${path}`, { signal: leaving.signal })).arrayBuffer()
      made++
    }
  }
  const heavy = Array.from({ length: REPORT_CLIENTS }, () => beside().catch(() => undefined))
  const { latency, requests } = await autocannon({
    url: `${url}/light`,
    connections: LIGHT_CLIENTS,
    duration: SECONDS,
    overallRate: RATE
  })
  leaving.abort()
  await Promise.all(heavy)
  return {
    reports,
    perSecond: Math.round(requests.average),
    p50: latency.p50,
    p99: latency.p99,
    max: latency.max,
    made
  }
}

try {
  const url = await addressOf(server)
  const began = performance.now()
  const before = process.cpuUsage()
  const rows = [
    await measure(url, 'none', undefined),
    await measure(url, 'on the pool', '/delays?by=hour'),
    await measure(url, 'on the event loop', '/delays?by=hour&inline=true')
  ]
  const { user, system } = process.cpuUsage(before)
  const share = (user + system) / 1000 / (performance.now() - began)
  console.log(
    `A light route, ${RATE} requests a second, for ${SECONDS} s beside ${REPORT_CLIENTS} clients of reports; milliseconds\n`
  )
  console.log('| reports | requests/s | p50 | p99 | max | reports made |\n|---|---|---|---|---|---|')
  for (const { reports, perSecond, p50, p99, max, made } of rows) {
    console.log(`| ${reports} | ${perSecond} | ${p50} | ${p99} | ${max} | ${made} |`)
  }
  const [, pool, loop] = rows
  console.log(`\np99 on the pool : on the event loop = ${((pool?.p99 ?? 0) / (loop?.p99 ?? 1)).toFixed(3)}`)
  console.log(`The load generator itself took ${(share * 100).toFixed(0)} % of one core.`)
} finally {
  server.kill('SIGTERM')
}
