import { requestContext } from '@bridge/context'
import { Deadline, StreamAs } from '@bridge/nest'
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  Query,
  Sse,
  UseGuards
} from '@nestjs/common'
import { CalmTasks, WildTasks } from './tasks.js'

/** Stores a guard's context with the request, so that its handler can compare it. */
@Injectable()
export class Guard implements CanActivate {
  readonly #tasks: CalmTasks

  constructor(@Inject(CalmTasks) tasks: CalmTasks) {
    this.#tasks = tasks
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<{ guarded?: string | undefined }>()
    request.guarded = (await this.#tasks.twice(0)).id
    return true
  }
}

@Controller()
export class Handlers {
  readonly #calm: CalmTasks
  readonly #wild: WildTasks

  constructor(@Inject(CalmTasks) calm: CalmTasks, @Inject(WildTasks) wild: WildTasks) {
    this.#calm = calm
    this.#wild = wild
  }

  @Get('twice')
  twice(@Query('n') n: string) {
    return this.#calm.twice(Number(n))
  }

  @Get('guarded')
  @UseGuards(Guard)
  async guarded(@Query('n') n: string) {
    const here = requestContext.get()?.id
    return { ...(await this.#calm.twice(Number(n))), here, after: requestContext.get()?.id }
  }

  @Get('wild')
  wild(@Query('n') n: string) {
    return this.#wild.twice(Number(n))
  }

  @Get('spin')
  spin(@Query('n') n: string) {
    return this.#calm.spin(Number(n))
  }

  @Get('rows')
  rows(@Query('n') n: string) {
    return this.#calm.rows(Number(n))
  }

  @Get('handled')
  @StreamAs('json')
  async *handled(@Query('n') n: string) {
    for await (const row of this.#calm.rows(Number(n))) yield { ...row, here: requestContext.get()?.id }
  }

  @Sse('events')
  events(@Query('n') n: string) {
    return this.#calm.rows(Number(n))
  }

  @Get('endless')
  endless() {
    return this.#calm.rows(Number.POSITIVE_INFINITY)
  }

  @Get('waiting')
  waiting() {
    return this.#calm.untilAborted()
  }

  @Get('late')
  @Deadline(20)
  late() {
    return this.#calm.untilAborted()
  }

  @Get('conflict')
  conflict() {
    return this.#calm.conflict()
  }

  @Get('fail')
  fail() {
    return this.#calm.fail()
  }

  @Get('exit')
  exit() {
    return this.#wild.exit()
  }
}
