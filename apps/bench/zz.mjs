import { createContext } from '@bridge/context'
import { createPool } from '@bridge/pool'
import '@bridge/context/cls'
import '@bridge/context/otel'
import { trace } from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { CLS_ID, ClsServiceManager } from 'nestjs-cls'

new NodeTracerProvider().register()
const pool = createPool({
  minThreads: 1,
  maxThreads: 1,
  setup: new URL('./dist/workers/every-context.js', import.meta.url)
})
const tasks = pool.import('file:///tmp/cbx/zz-tasks.mjs')
const cls = ClsServiceManager.getClsService()
const v = ['a', 'b'].map(n => createContext(n)),
  o = createContext('o')
const span = f =>
  trace.getTracer('b').startActiveSpan('r', s => {
    try {
      return f()
    } finally {
      s.end()
    }
  })
const ways = {
  none: f => f(),
  three: f => v[0].run('acme', () => v[1].run(7, () => o.run({ id: 'a1', sampled: true }, f))),
  cls: f => cls.runWith({ [CLS_ID]: 'r1', tenant: 'acme', user: { id: 7, name: 'Ada' } }, f),
  otel: span,
  every: f => ways.three(() => ways.cls(() => span(f)))
}
const cpu = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
async function many(n) {
  let k = 0
  const one = async () => {
    while (k++ < n) await tasks.id(1)
  }
  await Promise.all(Array.from({ length: 64 }, one))
}
const only = process.argv[2]?.split(',') ?? Object.keys(ways),
  N = +(process.env.N ?? 20000)
const res = Object.fromEntries(only.map(k => [k, []]))
for (let r = 0; r < 9; r++)
  for (const k of only) {
    await ways[k](() => many(3000))
    const t = cpu()
    await ways[k](() => many(N))
    res[k].push((cpu() - t) / N)
  }
for (const k of only) {
  const s = res[k].sort((x, y) => x - y)
  console.log(k.padEnd(8), s[4].toFixed(2), s.map(x => x.toFixed(1)).join(' '))
}
await pool.close()
