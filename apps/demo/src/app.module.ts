import { availableParallelism } from 'node:os'
import { BridgeInterceptor, BridgeModule } from '@bridge/nest'
import { Module } from '@nestjs/common'
import { APP_INTERCEPTOR } from '@nestjs/core'
import { FlightTasks } from './flight-tasks.js'
import { FlightsController } from './flights.controller.js'
import { LoopLag } from './loop-lag.js'
import { StatusController } from './status.controller.js'
import { StuckWork } from './stuck-tasks.js'

// One processor is left to the event loop, which would otherwise wait its turn among the workers.
const maxThreads = Number(process.env.THREADS) || Math.max(1, availableParallelism() - 1)

// Longer than any question takes, in milliseconds: when a client leaves, its question may end by itself. Native
// code like SQLite's must not lose its thread in the middle of a query.
const killGrace = 5000

@Module({
  imports: [BridgeModule.forRoot({ pool: { name: 'flights', maxThreads, killGrace } })],
  controllers: [FlightsController, StatusController],
  providers: [FlightTasks, StuckWork, LoopLag, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }]
})
export class AppModule {}
