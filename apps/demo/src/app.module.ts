import { availableParallelism } from 'node:os'
import { BridgeInterceptor, BridgeModule } from '@bridge/nest'
import { Module } from '@nestjs/common'
import { APP_INTERCEPTOR } from '@nestjs/core'
import { fleet } from './cluster/machines.js'
import { CodeController } from './code/code.controller.js'
import { FlightTasks } from './flights/flight-tasks.js'
import { FlightsController } from './flights/flights.controller.js'
import { StreamNotes } from './flights/stream-notes.js'
import { LimitsController } from './limits/limits.controller.js'
import { StuckTasks } from './limits/stuck-tasks.js'
import { LiveFeed } from './live/live-feed.js'
import { LoopLag } from './live/loop-lag.js'
import { StatusController } from './live/status.controller.js'
import { PageController } from './page/page.controller.js'
import { TraceController } from './trace/trace.controller.js'
import { TracedTasks } from './trace/traced-tasks.js'

// One processor is left to the event loop, which would otherwise compete with the workers.
const maxThreads = Number(process.env.THREADS) || Math.max(1, availableParallelism() - 1)

// Longer than any query takes, in milliseconds: when a client disconnects, its query can end by itself. The thread of
// native code like SQLite's must not be terminated in the middle of a query.
const killGrace = 5000

const shutdown = { drain: 2_000 }

@Module({
  imports: [
    BridgeModule.forRoot({
      ...(fleet === undefined
        ? { pool: { name: 'flights', maxThreads, killGrace, maxQueue: 100 } }
        : { executor: fleet.cluster }),
      deadline: 30_000,
      middleware: true,
      requestId: { echo: true },
      shutdown
    }),
    BridgeModule.forRoot('stuck', {
      pool: { maxThreads: 1, killGrace: 20, maxQueue: 20 },
      shutdown,
      log: false
    }),
    BridgeModule.forRoot('traced', {
      pool: { maxThreads: 1, setup: new URL('./trace/telemetry.js', import.meta.url) },
      shutdown
    })
  ],
  controllers: [
    PageController,
    FlightsController,
    LimitsController,
    StatusController,
    TraceController,
    CodeController
  ],
  providers: [
    FlightTasks,
    StuckTasks,
    TracedTasks,
    StreamNotes,
    LoopLag,
    LiveFeed,
    { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }
  ]
})
export class AppModule {}
