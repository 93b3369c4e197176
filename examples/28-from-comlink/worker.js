import { parentPort } from 'node:worker_threads'
import * as Comlink from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'

class Counter {
  count = 0
  add(by) {
    this.count += by
    return this.count
  }
}

Comlink.expose(
  {
    Counter,
    double: n => 2 * n,
    each: async (n, onItem) => {
      for (let i = 1; i <= n; i++) await onItem(i)
    }
  },
  nodeEndpoint(parentPort)
)
