import { BridgeInterceptor, BridgeModule } from '@bridge/nest'
import { Module } from '@nestjs/common'
import { APP_INTERCEPTOR } from '@nestjs/core'
import { FlightTasks } from './flight-tasks.js'
import { FlightsController } from './flights.controller.js'
import { LoopLag } from './loop-lag.js'
import { StatusController } from './status.controller.js'

const threads = Number(process.env.THREADS)

@Module({
  imports: [
    BridgeModule.forRoot({
      pool: { name: 'flights', killGrace: 50, ...(threads > 0 && { maxThreads: threads }) }
    })
  ],
  controllers: [FlightsController, StatusController],
  providers: [FlightTasks, LoopLag, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }]
})
export class AppModule {}
