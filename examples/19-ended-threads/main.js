import { subscribe } from 'node:diagnostics_channel'
import { createPool } from '@bridge/pool'

subscribe('bridge:pool:thread', ({ event, cause }) => {
  if (event === 'ended') console.log(`  a thread has ended: ${cause}`)
})

async function limited(title, pool, name) {
  console.log(title)
  const tasks = pool.import(new URL('./tasks.js', import.meta.url))
  await tasks.now() // loads the module: a call that is stopped before that costs no thread
  const call = tasks[name]().with({ timeout: 200 })
  console.log(`  ${await call.catch(error => error.code)}`)
}

const pool = createPool({ maxThreads: 1 })
await limited('it keeps the thread busy', pool, 'spin')
// prints: it keeps the thread busy
// prints:   a thread has ended: killed
// prints:   BRIDGE_TIMEOUT
await limited('it looks at currentTask()', pool, 'spinPolitely')
// prints: it looks at currentTask()
// prints:   BRIDGE_TIMEOUT
await limited('what it waits for has currentSignal()', pool, 'wait')
// prints: what it waits for has currentSignal()
// prints:   BRIDGE_TIMEOUT
await limited('it merely waits, alone on its thread', pool, 'waitDeaf')
// prints: it merely waits, alone on its thread
// prints:   a thread has ended: killed
// prints:   BRIDGE_TIMEOUT
console.log(pool.stats().ended.last.at(-1).why.includes('waitDeaf')) // prints: true

const kept = createPool({ maxThreads: 1, onTimeout: 'abandon' })
await limited("it merely waits, and the pool says onTimeout: 'abandon'", kept, 'waitDeaf')
// prints: it merely waits, and the pool says onTimeout: 'abandon'
// prints:   BRIDGE_TIMEOUT
console.log(kept.stats().abandoned) // prints: 1

await Promise.all([pool.close(), kept.close()])
// prints:   a thread has ended: closed
// prints:   a thread has ended: closed
