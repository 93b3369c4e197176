import 'reflect-metadata'
import { BridgeInterceptor, BridgeModule, getPoolToken } from '@bridge/nest'
import type { Pool } from '@bridge/pool'
import { Module } from '@nestjs/common'
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { byKind } from '../vitals.js'
import { Guard, Handlers } from './handlers.js'
import { CalmTasks, WildTasks } from './tasks.js'

/* The service process: reports its address to its parent process, and its state on request. */

const collect = (globalThis as { gc?: () => void }).gc

@Module({
  imports: [
    BridgeModule.forRoot({
      pool: { name: 'calm', maxThreads: 2, concurrencyPerThread: 100 },
      middleware: true,
      deadline: 30_000,
      shutdown: { drain: 1_000 }
    }),
    BridgeModule.forRoot('wild', {
      pool: { maxThreads: 2, concurrencyPerThread: 10 },
      shutdown: { drain: 1_000 },
      log: false
    })
  ],
  controllers: [Handlers],
  providers: [CalmTasks, WildTasks, Guard, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }]
})
class Service {}

const app = await NestFactory.create(Service, new FastifyAdapter({ forceCloseConnections: true }), {
  logger: false,
  abortOnError: false
})
app.enableShutdownHooks()
await app.listen(0, '127.0.0.1')
process.send?.({ url: await app.getUrl() })

const pools = [app.get<Pool>(getPoolToken()), app.get<Pool>(getPoolToken('wild'))]
process.on('message', async () => {
  for (let turn = 0; turn < 4; turn++) {
    collect?.()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const busy = pools
    .map(pool => pool.stats())
    .map(({ running, queued, streams }) => running + queued + streams)
  process.send?.({
    busy: busy.reduce((sum, count) => sum + count, 0),
    heap: process.memoryUsage().heapUsed / 1024 / 1024,
    rss: process.memoryUsage().rss / 1024 / 1024,
    resources: byKind(process.getActiveResourcesInfo().filter(kind => kind !== 'TCPSocketWrap'))
  })
})
