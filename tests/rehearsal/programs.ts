/** What a user's first program does with each package, by its name; each prints one line. */
export const programs: Readonly<Record<string, string>> = {
  '@bridge/core': `
    import { bridge } from '@bridge/core'
    const add = bridge((a, b) => a + b)
    console.log(await add(1, 2), add(1, 2).runSync())`,
  '@bridge/context': `
    import { bridge } from '@bridge/core'
    import { createContext } from '@bridge/context'
    const user = createContext('user')
    const greet = bridge(async () => 'hello ' + user.get())
    console.log(await user.run('Ada', () => greet()))`,
  '@bridge/iter': `
    import { MessageChannel } from 'node:worker_threads'
    import { openStream, serveStream } from '@bridge/iter'
    const { port1, port2 } = new MessageChannel()
    serveStream(port1, [1, 2, 3])
    const items = []
    for await (const item of openStream(port2)) items.push(item)
    console.log(items.join(' '))`,
  '@bridge/pool': `
    import { createPool, loop } from '@bridge/pool'
    const url = new URL('./tasks.mjs', import.meta.url)
    const pool = createPool({ maxThreads: 1 })
    console.log(await pool.import(url).double(2), loop.importSync(url).double(3))
    await pool.close()`,
  '@bridge/cluster': `
    import { createCluster, memory, serve } from '@bridge/cluster'
    const url = new URL('./tasks.mjs', import.meta.url)
    const engine = memory()
    const worker = await serve({ engine, modules: [url] })
    const cluster = createCluster({ engine })
    console.log(await cluster.import(url).double(2))
    await cluster.close()
    await worker.close()`,
  '@bridge/nest': `
    import 'reflect-metadata'
    import { BridgeModule } from '@bridge/nest'
    console.log(BridgeModule.forRoot({ pool: { maxThreads: 1 } }).module === BridgeModule)`
}

/** What they print. */
export const prints: Readonly<Record<string, string>> = {
  '@bridge/core': '3 3\n',
  '@bridge/context': 'hello Ada\n',
  '@bridge/iter': '1 2 3\n',
  '@bridge/pool': '4 6\n',
  '@bridge/cluster': '4\n',
  '@bridge/nest': 'true\n'
}
