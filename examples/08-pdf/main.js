import { createWriteStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createPool } from '@bridge/pool'

const pool = createPool()
const { report } = pool.import(new URL('./report.js', import.meta.url))

const rows = Array.from({ length: 2000 }, (_, n) => [`row ${n}`, n * n])
// For an HTTP response instead of a file: pipeline(Readable.from(…), response)
await pipeline(Readable.from(report('Squares', rows)), createWriteStream('report.pdf'))

const file = await open('report.pdf')
const { buffer } = await file.read(Buffer.alloc(5), 0, 5)
console.log(`${buffer}`) // prints: %PDF-
console.log((await file.stat()).size > 10_000) // prints: true
await file.close()
await rm('report.pdf')
await pool.close()
