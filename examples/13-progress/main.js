import { createPool, notify } from '@bridge/pool'

const pool = createPool()
const { convert } = pool.import(new URL('./convert.js', import.meta.url))

const bar = (done, all) => `[${'='.repeat((10 * done) / all).padEnd(10)}]`
let reports = 0

// `notify`: the task does not wait for the function. Its calls arrive in order, and all of them before the result.
const onPage = notify(page => {
  reports++
  if (process.stdout.isTTY) process.stdout.write(`\r${bar(page, 100)}`)
})

const pages = await convert(100, onPage)
console.log(bar(reports, 100), pages.length) // prints: [==========] 100

await pool.close()
