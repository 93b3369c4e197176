import { createPool } from '@bridge/pool'

const pool = createPool()
const { shout } = pool.import(new URL('./tasks.js', import.meta.url))
console.log(await shout('bundled')) // prints: BUNDLED
await pool.close()
