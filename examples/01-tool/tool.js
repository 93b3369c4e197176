import { loop } from '@bridge/pool'

const { include, linesOf } = loop.importSync(new URL('./tasks.js', import.meta.url))

// String.replace cannot wait for a promise, and neither can a compiler's plugin, a getter or a constructor.
const fill = line => line.replaceAll(/<(.+?)>/g, (_, name) => include(name))

for (const line of linesOf(process.argv[2])) console.log(fill(line))
// prints: Dear Ada,
// prints: the meeting is on Monday, in room 7.
