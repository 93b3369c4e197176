import { parseArguments } from './arguments.js'
import { Soak } from './soak.js'
import { byKind, threadsInProcess, type Vitals } from './vitals.js'

/** How often it prints its progress, in milliseconds. */
const INTERVAL = 10_000

const { minutes, seed } = parseArguments(process.argv.slice(2))
const duration = minutes * 60_000
console.log(`soak: ${minutes} minutes, seed ${seed}, Node ${process.version}`)

const started = performance.now()
const soak = new Soak(seed)
process.on('unhandledRejection', error => soak.failures.push(`unhandled rejection: ${String(error)}`))

function printProgress(): void {
  const { heapUsed, rss } = process.memoryUsage()
  const errors = [...soak.errors].map(([code, count]) => `${code} ${count}`).join(', ')
  const seconds = Math.round((performance.now() - started) / 1000)
  const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)
  console.log(
    `${seconds} s: ${soak.done} operations; lost or refused as they may be: ${errors || 'none'}; ` +
      `heap ${megabytes(heapUsed)} MB, rss ${megabytes(rss)} MB; ${threadsInProcess()} threads; ` +
      byKind(process.getActiveResourcesInfo())
  )
}

function show(when: string, vitals: Vitals): void {
  console.log(`${when}: ${JSON.stringify(vitals)}`)
}

async function work(milliseconds: number): Promise<void> {
  const timer = setInterval(printProgress, INTERVAL)
  await soak.run(milliseconds)
  clearInterval(timer)
}

// By then everything that is loaded and compiled once has been.
const first = Math.min(60_000, duration / 3)
await work(first)
const before = await soak.vitals()
show('after the first part', before)
await work(duration - first)
printProgress()
const after = await soak.vitals(before)
show('at the end', after)
if (soak.failures.length === 0) soak.compare(before, after)
await soak.close()

if (soak.failures.length > 0) {
  console.error(`soak: ${soak.failures.length} things are wrong; seed ${seed}`)
  for (const failure of soak.failures) console.error(`- ${failure}`)
  process.exitCode = 1
} else console.log(`soak: ${soak.done} operations, nothing wrong; seed ${seed}`)
