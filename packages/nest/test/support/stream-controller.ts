import { Controller, Get, Head, Header, NotFoundException, Post, type Type } from '@nestjs/common'
import { WorkTasks } from './work-tasks.js'

/** What the generators below have done, for the tests to read. */
export const streamLog = { started: 0, produced: 0, ended: 0 }

/** More than any buffer between the handler and the client takes. */
export const PLENTY = 20_000

@Controller('streams')
class StreamController {
  constructor(private readonly tasks: WorkTasks) {}

  @Get('text')
  async *text() {
    yield 'one '
    yield ''
    yield 'two'
  }

  @Get('bytes')
  async *bytes() {
    yield Buffer.from('of ')
    yield new TextEncoder().encode('bytes').buffer
  }

  @Get('undefined')
  async *undefineds() {
    yield undefined
    yield { n: 1 }
  }

  @Get('csv')
  @Header('content-type', 'text/csv')
  async *csv() {
    yield 'a;b\n'
  }

  @Post('posted')
  posted() {
    return this.tasks.rows(1)
  }

  @Get('empty')
  async *empty() {}

  @Get('missing')
  async *missing() {
    yield await Promise.reject(new NotFoundException('nothing to list'))
  }

  @Get('circular')
  async *circular() {
    const item: { self?: object } = {}
    item.self = item
    try {
      yield item
    } finally {
      streamLog.ended++
    }
  }

  @Get('broken')
  async *broken() {
    yield* this.tasks.rows(2)
    await this.tasks.fail()
  }

  @Get('plenty')
  async *plenty() {
    streamLog.started++
    try {
      for (let n = 0; n < PLENTY; n++) {
        streamLog.produced++
        yield 'x'.repeat(65_536)
      }
    } finally {
      streamLog.ended++
    }
  }

  @Head('headed')
  headed() {
    return this.plenty()
  }
}

export const streamControllers: Type<unknown>[] = [StreamController]
