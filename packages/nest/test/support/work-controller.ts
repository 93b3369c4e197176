import { type EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import { requestContext } from '@bridge/context'
import { Deadline } from '@bridge/nest'
import {
  type ArgumentsHost,
  Catch,
  ConflictException,
  Controller,
  type ExceptionFilter,
  Get,
  NotFoundException,
  Res,
  StreamableFile,
  UseFilters
} from '@nestjs/common'
import { from, of } from 'rxjs'
import { WorkTasks } from './work-tasks.js'

/** Where the handlers below leave what they saw, for the tests to read. */
export const handlerLog: (string | undefined)[] = []

interface RawResponse {
  end(text: string): void
}

type Response = EventEmitter & RawResponse

@Catch(ConflictException)
class ConflictFilter implements ExceptionFilter {
  catch(exception: ConflictException, host: ArgumentsHost): void {
    host.switchToHttp().getResponse().status(exception.getStatus()).send({ caught: exception.message })
  }
}

@Controller()
export class WorkController {
  constructor(private readonly tasks: WorkTasks) {}

  @Get('whoami')
  whoami() {
    return this.tasks.whoami()
  }

  @Get('broken')
  broken() {
    throw new Error('broken in the handler')
  }

  @Get('broken-later')
  async brokenLater() {
    throw new Error('broken in the handler')
  }

  @Get('here')
  here() {
    return { id: requestContext.get()?.id }
  }

  @Get('rows')
  rows() {
    return this.tasks.rows(3)
  }

  @Get('generator')
  async *generator() {
    try {
      for await (const row of this.tasks.rows(3)) yield { ...row, here: requestContext.get()?.id }
    } finally {
      handlerLog.push(requestContext.get()?.id)
    }
  }

  @Get('endless')
  endless() {
    return this.tasks.endless()
  }

  @Get('endless-generator')
  async *endlessGenerator() {
    try {
      yield* this.tasks.endless()
    } finally {
      handlerLog.push(requestContext.get()?.id)
    }
  }

  @Get('silent')
  silent() {
    return this.tasks.silentAfterOne()
  }

  @Get('silent-generator')
  async *silentGenerator() {
    for await (const row of this.tasks.silentAfterOne()) yield row
  }

  @Get('waiting')
  waiting() {
    return this.tasks.untilAborted()
  }

  @Get('late')
  @Deadline(50)
  late() {
    return this.tasks.untilAborted()
  }

  @Get('late-stream')
  @Deadline(50)
  async *lateStream() {
    await this.tasks.untilAborted()
    yield 'never'
  }

  @Get('database')
  database() {
    return this.tasks.failInDatabase()
  }

  @Get('conflict')
  conflict() {
    return this.tasks.conflict()
  }

  @Get('caught-conflict')
  @UseFilters(new ConflictFilter())
  caughtConflict() {
    return this.tasks.conflict()
  }

  @Get('fail')
  fail() {
    return this.tasks.fail()
  }

  @Get('exit')
  exit() {
    return this.tasks.exit()
  }

  @Get('plain')
  plain() {
    return { plain: true }
  }

  @Get('promise')
  async promise() {
    return 'promised'
  }

  @Get('observable')
  observable() {
    return of('first', 'last')
  }

  @Get('observable-call')
  observableCall() {
    return from(this.tasks.double(21))
  }

  @Get('file')
  file() {
    return new StreamableFile(Readable.from([Buffer.from('of '), Buffer.from('bytes')]))
  }

  @Get('readable')
  readable() {
    return Readable.from(['read', 'able'])
  }

  @Get('web')
  web(): object {
    return new Response('web', { status: 202 })
  }

  @Get('raw')
  raw(@Res() response: RawResponse & { raw?: RawResponse }) {
    ;(response.raw ?? response).end('raw')
  }

  @Get('raw-before')
  async rawBefore(@Res() response: Response & { raw?: Response }) {
    const raw = response.raw ?? response
    const isClosed = once(raw, 'close')
    raw.end('raw')
    await isClosed
    const stopped = async () => {
      handlerLog.push(requestContext.get()?.id)
      return { done: true }
    }
    return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}), return: stopped }) }
  }

  @Get('missing')
  missing() {
    throw new NotFoundException('not here')
  }
}
