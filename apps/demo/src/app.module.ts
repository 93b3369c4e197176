import { availableParallelism } from 'node:os'
import { BridgeInterceptor, BridgeModule } from '@bridge/nest'
import { Module } from '@nestjs/common'
import { APP_INTERCEPTOR } from '@nestjs/core'
import { FlightTasks } from './flight-tasks.js'
import { FlightsController } from './flights.controller.js'
import { LoopLag } from './loop-lag.js'
import { StatusController } from './status.controller.js'

// One processor is left to the event loop, which would otherwise wait its turn among the workers.
const maxThreads = Number(process.env.THREADS) || Math.max(1, availableParallelism() - 1)

@Module({
  imports: [BridgeModule.forRoot({ pool: { name: 'flights', maxThreads, killGrace: 50 } })],
  controllers: [FlightsController, StatusController],
  providers: [FlightTasks, LoopLag, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }]
})
export class AppModule {}
