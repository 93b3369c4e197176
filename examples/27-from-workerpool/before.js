import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'

const worker = fileURLToPath(new URL('./worker.js', import.meta.url))
const pool = workerpool.pool(worker, { minWorkers: 1, maxWorkers: 2, workerType: 'thread' })

console.log(await pool.exec('add', [1, 2])) // prints: 3

const proxy = await pool.proxy()
console.log(await proxy.add(3, 4)) // prints: 7

let last = 0
await pool.exec('convert', [3], {
  on: ({ page }) => {
    last = page
  }
})
console.log(last) // prints: 3

console.log(
  await pool
    .exec('forever')
    .timeout(200)
    .then(null, error => error.name)
) // prints: TimeoutError

await pool.terminate()
