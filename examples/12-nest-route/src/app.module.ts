import { BridgeInterceptor, BridgeModule, Deadline, defineTasks } from '@bridge/nest'
import { Controller, Get, Module, Param, Query } from '@nestjs/common'
import { APP_INTERCEPTOR } from '@nestjs/core'

export class HashTasks extends defineTasks<typeof import('./hashes.tasks.js')>(
  new URL('./hashes.tasks.js', import.meta.url),
  { load: () => import('./hashes.tasks.js') } // for tests, which run the module in place
) {}

@Controller()
class HashController {
  constructor(private readonly tasks: HashTasks) {}

  @Get('hash/:text')
  @Deadline(1_000)
  hash(@Param('text') text: string, @Query('rounds') rounds = '1000') {
    return this.tasks.hash(text, Number(rounds))
  }
}

@Module({
  imports: [BridgeModule.forRoot({ deadline: 10_000, pool: { maxQueue: 1000 } })],
  controllers: [HashController],
  providers: [HashTasks, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }]
})
export class AppModule {}
