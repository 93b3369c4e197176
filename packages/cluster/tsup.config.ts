import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

/** What a user imports: what threads import by its URL has no types. */
const types = {
  index: 'src/index.ts',
  bullmq: 'src/bullmq/index.ts',
  nats: 'src/nats/index.ts',
  testing: 'src/testing/index.ts'
}

// `clean` would let one build delete what the other has just written: the script empties dist before both.
export default defineConfig([
  {
    ...library,
    entry: {
      ...types,
      // What the pool's threads and the loop's thread import, by its URL.
      thread: 'src/thread/entry.ts',
      'blocking-side': 'src/blocking/entry.ts'
    },
    dts: { ...(library.dts as object), entry: types },
    clean: false
  },
  {
    ...library,
    entry: { 'bridge-worker': 'src/command/command.ts' },
    format: ['esm'],
    dts: false,
    clean: false
  }
])
