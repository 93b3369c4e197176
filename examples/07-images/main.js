import { createPool, parallelMap } from '@bridge/pool'
import { Jimp } from 'jimp'

const pool = createPool()
const { resize } = pool.import(new URL('./images.js', import.meta.url))

const picture = new Jimp({ width: 800, height: 600, color: 0x3366ffff })
const bytes = new Uint8Array(await picture.getBuffer('image/png'))

// One call for each width, as many at once as there are threads.
const sizes = await parallelMap([400, 200, 100], width => resize(bytes, width))
for (const { width, height } of sizes) console.log(`${width} × ${height}`)
// prints: 400 × 300
// prints: 200 × 150
// prints: 100 × 75

await pool.close()
