import { defineConfig } from 'tsup'
import { library } from '../../tools/tsup.js'

// `clean` would let one build delete what the other has just written: the script empties dist before both.
export default defineConfig([
  { ...library, clean: false },
  {
    // What runs inside a thread: each a single file, everything bundled in, so that a thread starts fast.
    ...library,
    entry: { thread: 'src/worker/thread.ts', loop: 'src/worker/loop.ts', watcher: 'src/worker/watcher.ts' },
    format: ['cjs'],
    noExternal: [/^@bridge\//],
    define: { __BRIDGE_THREAD__: 'true' },
    dts: false,
    splitting: false,
    clean: false
  }
])
