import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import { parseArguments } from '../arguments.js'
import { Random } from '../random.js'
import { Visitor, visits } from './visits.js'

/* Clients of a service in a child process: checks each response, and the state of the service at the end. */

const CLIENTS = 24
/** How long a visit may take, in milliseconds, before it counts as hung. */
const PATIENCE = 45_000
/** How often it prints its progress. */
const INTERVAL = 10_000
/** How much larger the heap may be at the end, in megabytes. */
const HEAP_SLACK = 8
/** How long the service may take to end: the time to drain, plus the delay of a busy machine. */
const ENDS_WITHIN = 6_000

interface Held {
  readonly busy: number
  readonly heap: number
  readonly rss: number
  readonly resources: string
}

const { minutes, seed } = parseArguments(process.argv.slice(2))
const random = new Random(seed)
const failures: string[] = []
let done = 0
let isOver = false
/** Once the service was requested to end, it may refuse requests, or close connections. */
let isEnding = false

console.log(`service soak: ${minutes} minutes, seed ${seed}, Node ${process.version}`)
const service = fork(fileURLToPath(new URL('./service.js', import.meta.url)), { execArgv: ['--expose-gc'] })
const ended = once(service, 'exit') as Promise<[number | null, string | null]>
void ended.then(([code, signal]) => {
  if (!isEnding) failures.push(`the service has ended by itself: ${code ?? signal}`)
})
const [{ url }] = (await once(service, 'message')) as [{ url: string }]
const agent = new Agent({ keepAlive: true, maxSockets: 2 * CLIENTS })

async function visit(own: Random, number: number): Promise<void> {
  const one = own.weighted(visits)
  let hung: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    hung = setTimeout(() => reject(new Error(`still not done after ${PATIENCE / 1000} s`)), PATIENCE)
  })
  try {
    await Promise.race([one.run(new Visitor(`visit-${number}`, own, url, agent)), late])
  } catch (error) {
    if (!isEnding || !mayEnd(error as Error & { code?: string }))
      failures.push(`${one.name}: ${String(error)}`)
  } finally {
    clearTimeout(hung)
    done++
  }
}

/** What a client may see of a service that is ending: a refusal, or a closed connection, but no wrong response. */
function mayEnd({ message, code }: Error & { code?: string }): boolean {
  return (
    code === 'ECONNREFUSED' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    /^the status is 503|aborted|hang up/.test(message)
  )
}

let visitNumber = 0
async function client(own: Random): Promise<void> {
  while (!isOver && failures.length === 0) await visit(own, visitNumber++)
}

async function clients(): Promise<void> {
  isOver = false
  await Promise.all(Array.from({ length: CLIENTS }, () => client(new Random(random.from(0, 2 ** 32 - 1)))))
}

async function work(milliseconds: number): Promise<void> {
  const timer = setTimeout(() => {
    isOver = true
  }, milliseconds)
  await clients()
  clearTimeout(timer)
}

async function held(child: ChildProcess): Promise<Held> {
  // Remaining calls may need a moment to be stopped.
  for (let look = 0; ; look++) {
    child.send('look')
    const [seen] = (await once(child, 'message')) as [Held]
    if (seen.busy === 0 || look === 100) return seen
  }
}

const teller = setInterval(() => console.log(`${done} visits`), INTERVAL)
const duration = minutes * 60_000
const first = Math.min(60_000, duration / 3)
await work(first)
const before = await held(service)
console.log(`after the first part: ${JSON.stringify(before)}`)
await work(duration - first)
const after = await held(service)
console.log(`at the end: ${JSON.stringify(after)}`)
if (after.busy > 0) failures.push(`${after.busy} calls or streams are left`)
if (after.heap > before.heap + HEAP_SLACK)
  failures.push(`the heap has grown from ${before.heap} to ${after.heap} MB`)
if (after.resources !== before.resources)
  failures.push(`held before: ${before.resources}; now: ${after.resources}`)

// Under full load.
const last = clients()
await new Promise(resolve => setTimeout(resolve, 500))
isEnding = true
const stopping = performance.now()
service.kill('SIGTERM')
const outcome = await Promise.race([
  ended,
  new Promise<'hung'>(resolve => setTimeout(resolve, PATIENCE, 'hung'))
])
const took = Math.round(performance.now() - stopping)
isOver = true
await last
clearInterval(teller)
agent.destroy()
if (outcome === 'hung') {
  failures.push('the service does not end')
  service.kill('SIGKILL')
} else {
  console.log(`after the request to end, it ended within ${took} ms`)
  if (outcome[1] !== 'SIGTERM') failures.push(`the service has ended by ${outcome[0] ?? outcome[1]}`)
  if (took > ENDS_WITHIN) failures.push(`the service took ${took} ms to end`)
}

if (failures.length > 0) {
  console.error(`service soak: ${failures.length} things are wrong; seed ${seed}`)
  for (const failure of failures) console.error(`- ${failure}`)
  process.exitCode = 1
} else console.log(`service soak: ${done} visits, nothing wrong; seed ${seed}`)
process.exit()
