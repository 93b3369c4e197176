import { BridgeInterceptor, BridgeModule, defineTasks } from '@bridge/nest'
import { Controller, Get, Module, ParseIntPipe, Query } from '@nestjs/common'
import { APP_INTERCEPTOR } from '@nestjs/core'

class PrimeTasks extends defineTasks<typeof import('./primes.tasks.js')>(
  new URL('./primes.tasks.js', import.meta.url)
) {}

@Controller()
class PrimesController {
  constructor(private readonly tasks: PrimeTasks) {}

  @Get('light')
  light() {
    return 'light'
  }

  @Get('count')
  count(@Query('limit', ParseIntPipe) limit: number) {
    return this.tasks.count(limit)
  }

  @Get('list')
  list(@Query('limit', ParseIntPipe) limit: number) {
    return this.tasks.list(limit)
  }
}

@Module({
  imports: [BridgeModule.forRoot({ deadline: 2_000 })],
  controllers: [PrimesController],
  providers: [PrimeTasks, { provide: APP_INTERCEPTOR, useClass: BridgeInterceptor }]
})
export class AppModule {}
