import { requestContext } from '@bridge/context'
import { currentSignal } from '@bridge/core'
import { StreamAs, WithBridge } from '@bridge/nest'
import { Controller, Get, NotFoundException, Post, Sse } from '@nestjs/common'
import { WorkTasks } from './work-tasks.js'

/** What the generators below have done, for the tests to read. */
export const formatLog = { produced: 0, ended: 0 }

/** Resolves when the request's client is gone. */
const clientGone = () =>
  new Promise<void>(resolve => currentSignal()?.addEventListener('abort', () => resolve(), { once: true }))

@Controller('formats')
export class FormatController {
  constructor(private readonly tasks: WorkTasks) {}

  @Get('json')
  @StreamAs('json')
  json() {
    return this.tasks.rows(2)
  }

  @Get('json-nothing')
  @StreamAs('json')
  async *nothing() {}

  @Get('json-undefined')
  @StreamAs('json')
  *undefineds() {
    yield undefined
    yield 'text'
  }

  @Get('json-broken')
  @StreamAs('json')
  async *jsonBroken() {
    yield 1
    await this.tasks.fail()
  }

  @Get('ndjson')
  @StreamAs('ndjson')
  *ndjson() {
    yield 'text'
    yield 2
  }

  @Get('ndjson-cut')
  @StreamAs('ndjson')
  async *cut() {
    yield 1
    await this.tasks.fail()
  }

  @Get('events-unwritable')
  @StreamAs('sse')
  *unwritable() {
    yield 1
    yield { data: { n: 1n } }
  }

  @Sse('sse-unwritable')
  *sseUnwritable() {
    yield { data: () => 1 }
    yield { data: { n: 1n } }
  }

  @Get('with-bridge-sync')
  @WithBridge()
  *withBridge() {
    yield { id: requestContext.get()?.id }
    yield { n: 2 }
  }

  @Get('ndjson-broken')
  @StreamAs('ndjson', { errors: true })
  async *ndjsonBroken() {
    yield 1
    await this.tasks.fail()
  }

  @Get('ndjson-conflict')
  @StreamAs('ndjson', { errors: true })
  async *ndjsonConflict() {
    yield 1
    await this.tasks.conflict()
  }

  @Get('ndjson-missing')
  @StreamAs('ndjson', { errors: true })
  async *missing() {
    yield await Promise.reject(new NotFoundException('nothing to list'))
  }

  @Get('plain-sync')
  *sync() {
    try {
      yield { id: requestContext.get()?.id }
      yield Promise.resolve({ n: 2 })
    } finally {
      formatLog.ended++
    }
  }

  @Post('events')
  @StreamAs('sse')
  async *events() {
    yield { data: { n: 1 }, id: 'first', type: 'row', retry: 50 }
    yield 'two\nlines'
    yield { n: 3, data: 'of a row' }
    await this.tasks.conflict()
  }

  @Get('events-cut')
  @StreamAs('sse', { errors: false })
  async *eventsCut() {
    yield 1
    await this.tasks.fail()
  }

  @Get('beats')
  @StreamAs('sse', { heartbeat: 5 })
  async *beats() {
    try {
      await clientGone()
      yield 'never'
    } finally {
      formatLog.ended++
    }
  }

  @Sse('nest')
  nest() {
    return this.tasks.rows(2)
  }

  @Sse('nest-events')
  async *nestEvents() {
    yield { data: 'a', id: 'x', type: 'row' }
    yield { row: 1 }
  }

  @Sse('nest-missing')
  async *nestMissing() {
    yield await Promise.reject(new NotFoundException('nothing to list'))
  }

  @Sse('nest-broken')
  async *nestBroken() {
    yield 1
    await this.tasks.fail()
  }

  @Sse('nest-beats')
  @StreamAs('sse', { heartbeat: 5 })
  nestBeats() {
    return this.beats()
  }

  @Sse('nest-endless')
  nestEndless() {
    return this.tasks.endless()
  }

  @Sse('nest-silent')
  nestSilent() {
    return this.tasks.silentAfterOne()
  }

  @Sse('nest-plenty')
  *plenty() {
    try {
      for (;;) {
        formatLog.produced++
        yield 'x'.repeat(65_536)
      }
    } finally {
      formatLog.ended++
    }
  }
}
