import { Worker } from 'node:worker_threads'
import * as Comlink from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'

const worker = new Worker(new URL('./worker.js', import.meta.url))
const api = Comlink.wrap(nodeEndpoint(worker))

console.log(await api.double(21)) // prints: 42

const counter = await new api.Counter()
console.log(await counter.add(2)) // prints: 2
console.log(await counter.count) // prints: 2
counter[Comlink.releaseProxy]()

const seen = []
await api.each(
  2,
  Comlink.proxy(item => {
    seen.push(item)
  })
)
console.log(seen) // prints: [ 1, 2 ]

await worker.terminate()
