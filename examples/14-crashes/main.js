import { createPool, WorkerLostError } from '@bridge/pool'

const pool = createPool({ maxThreads: 1, resourceLimits: { maxOldGenerationSizeMb: 64 } })
const tasks = pool.import(new URL('./tasks.js', import.meta.url))

/** Only for calls that may run twice: a call whose thread was lost may have done its work. */
async function retried(make, times = 2) {
  for (let n = 1; ; n++) {
    try {
      return await make()
    } catch (error) {
      if (!(error instanceof WorkerLostError) || n === times) throw error
    }
  }
}

const before = await tasks.where()
console.log(await tasks.crash().catch(error => error.code)) // prints: BRIDGE_WORKER_LOST
console.log((await tasks.where()) !== before) // prints: true

const lost = await retried(() => tasks.fill()).catch(error => error)
console.log(lost.code) // prints: BRIDGE_WORKER_LOST

// Which threads have ended, and why.
const { byCause, last } = pool.stats().ended
console.log(byCause) // prints: { exit: 1, memory: 2 }
console.log(last.map(({ cause }) => cause)) // prints: [ 'exit', 'memory', 'memory' ]

await pool.close()
