import { captureContext, type RequestContext, requestContext, restoreContext } from '@bridge/context'
import { CallTimeoutError, InvalidArgumentError, inline, runScope, timeLeft } from '@bridge/core'
import { BridgeModule, type BridgeModuleOptions, WithBridge } from '@bridge/nest'
import { Injectable, type Type } from '@nestjs/common'
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter'
import { Cron, Interval, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule'
import { Test } from '@nestjs/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { latch } from './support/latch.js'
import { WorkTasks } from './support/work-tasks.js'

const HOUR = 3_600_000
const UUID = /^[\da-f]{8}-[\da-f-]{27}$/

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function start(
  providers: Type[],
  imports: Parameters<typeof Test.createTestingModule>[0]['imports'] = [
    BridgeModule.forRoot({ executor: inline })
  ]
) {
  const app = await Test.createTestingModule({ imports, providers }).compile()
  await app.init()
  cleanups.push(() => app.close())
  return app
}
const withOptions = (options: BridgeModuleOptions) => [BridgeModule.forRoot({ executor: inline, ...options })]
const id = () => requestContext.get()?.id

@Injectable()
class Jobs {
  @WithBridge()
  plain(...args: unknown[]) {
    return { args, self: this, id: id(), left: timeLeft() }
  }

  @WithBridge({ deadline: 2 * HOUR })
  async long() {
    await null
    return timeLeft()
  }

  @WithBridge({ deadline: Number.POSITIVE_INFINITY })
  unlimited() {
    return timeLeft()
  }

  @WithBridge({ context: (name: string): RequestContext => ({ id: `job ${name}` }) })
  named(_name: string) {
    return id()
  }

  @WithBridge({ context: (job: { context: object }) => restoreContext(job.context as never) })
  restored(_job: { context: object }) {
    return id()
  }

  @WithBridge({ deadline: HOUR })
  *steps(): Generator<unknown, unknown, unknown> {
    try {
      yield id()
      yield yield timeLeft()
    } finally {
      seen.push(id())
    }
    return id()
  }

  @WithBridge()
  async *laterSteps() {
    try {
      yield id()
      yield id()
    } finally {
      seen.push(id())
    }
  }
}
const seen: unknown[] = []

describe('@WithBridge', () => {
  test("gives a method the module's deadline, and a new id for each run", async () => {
    const jobs = (await start([Jobs], withOptions({ deadline: HOUR }))).get(Jobs)
    const { args, self, id: first, left } = jobs.plain(1, 'two')
    expect([args, self]).toEqual([[1, 'two'], jobs])
    expect(left).toBeGreaterThan(HOUR - 60_000)
    expect(left).toBeLessThanOrEqual(HOUR)
    expect(first).toMatch(UUID)
    expect(jobs.plain().id).not.toBe(first)
  })

  test("overrides the module's deadline, and removes it", async () => {
    const jobs = (await start([Jobs], withOptions({ deadline: HOUR }))).get(Jobs)
    expect(await jobs.long()).toBeGreaterThan(HOUR)
    expect(jobs.unlimited()).toBeUndefined()
  })

  test('keeps the applications of one process separate', async () => {
    const [first, second] = [await start([Jobs], withOptions({ deadline: HOUR })), await start([Jobs])]
    expect(second.get(Jobs).plain().left).toBeUndefined()
    expect(first.get(Jobs).plain().left).toBeLessThanOrEqual(HOUR)
    expect(Object.keys(first.get(Jobs))).toEqual([])
  })

  test('works without a module, and on an instance that Nest did not create', async () => {
    expect((await start([Jobs], [])).get(Jobs).plain().left).toBeUndefined()
    expect(await new Jobs().long()).toBeGreaterThan(HOUR)
  })

  test('keeps the surrounding request and limits', () => {
    const { id, left } = runScope({ timeout: 1000 }, () =>
      requestContext.run({ id: 'outer' }, () => new Jobs().plain())
    )
    expect(id).toBe('outer')
    expect(left).toBeLessThanOrEqual(1000)
  })

  test('makes the context from the arguments, or restores a whole snapshot', () => {
    const jobs = new Jobs()
    expect(jobs.named('x')).toBe('job x')
    const context = requestContext.run({ id: 'captured' }, () => captureContext().toJSON())
    expect(jobs.restored({ context })).toBe('captured')
  })

  test('ends the calls of a method at its deadline', async () => {
    @Injectable()
    class Late {
      constructor(readonly tasks: WorkTasks) {}

      @WithBridge({ deadline: 10 })
      late() {
        return this.tasks.untilAborted()
      }
    }
    const app = await start([Late, WorkTasks])
    await expect(app.get(Late).late()).rejects.toThrow(CallTimeoutError)
  })

  test('applies to every step of a generator, and to its `finally`', async () => {
    seen.length = 0
    const steps = requestContext.run({ id: 'g' }, () => new Jobs().steps())
    expect(steps.next().value).toBe('g')
    expect(steps.next().value).toBeLessThanOrEqual(HOUR)
    expect(steps.next('sent').value).toBe('sent')
    expect(steps.next()).toEqual({ done: true, value: 'g' })
    const later = requestContext.run({ id: 'later' }, () => new Jobs().laterSteps())
    for await (const step of later) {
      expect(step).toBe('later')
      break
    }
    expect(seen).toEqual(['g', 'later'])
  })

  test("keeps the method's name, and the metadata of decorators above and below", () => {
    const note: (key: string) => MethodDecorator = key => (_target, _key, descriptor) =>
      Reflect.defineMetadata(key, true, descriptor.value as object)
    class Noted {
      @note('above')
      @WithBridge()
      @note('below')
      method(_one: unknown, _two: unknown) {}
    }
    const { method } = Noted.prototype
    expect([method.name, method.length]).toEqual(['method', 2])
    expect(Reflect.getMetadataKeys(method)).toEqual(expect.arrayContaining(['above', 'below']))
  })

  test('uses the options of its instance on an inherited method', async () => {
    @Injectable()
    class Inheriting extends Jobs {}
    const app = await start([Inheriting], withOptions({ deadline: HOUR }))
    expect(app.get(Inheriting).plain().left).toBeLessThanOrEqual(HOUR)
  })

  test('applies to a static method', () => {
    // biome-ignore lint/complexity/noStaticOnlyClass: it is what is tested
    class Static {
      @WithBridge({ deadline: HOUR })
      static left() {
        return timeLeft()
      }
    }
    expect(Static.left()).toBeLessThanOrEqual(HOUR)
  })

  test.each([
    ['an unknown option', { timeout: 1 }],
    ['a deadline of zero', { deadline: 0 }],
    ['a context that is no function', { context: { id: 'x' } }]
  ])('refuses %s', (_, options) => {
    expect(() => WithBridge(options as never)).toThrow(InvalidArgumentError)
  })

  test('throws for something that is not a method', () => {
    expect(() => WithBridge()({}, 'x', {} as never)).toThrow(/must decorate a method/)
  })
})

describe('@WithBridge beside the decorators of Nest', () => {
  test('applies to jobs of @nestjs/schedule, above and below their decorators', async () => {
    const ran = { cron: latch<unknown>(), interval: latch<unknown>() }
    @Injectable()
    class Scheduled {
      constructor(readonly tasks: WorkTasks) {}

      @Cron('* * * * * *')
      @WithBridge()
      async cron() {
        ran.cron.open({ ...(await this.tasks.whoami()), left: timeLeft() })
      }

      @WithBridge({ deadline: 2 * HOUR })
      @Interval('interval', 1)
      async interval() {
        ran.interval.open({ ...(await this.tasks.whoami()), left: timeLeft() })
      }
    }
    const app = await start(
      [Scheduled, WorkTasks],
      [ScheduleModule.forRoot(), ...withOptions({ deadline: HOUR })]
    )
    expect(app.get(SchedulerRegistry).getIntervals()).toEqual(['interval'])
    const [cron, interval] = (await Promise.all([ran.cron.opened, ran.interval.opened])) as {
      id: string
      left: number
    }[]
    expect(cron?.id).toMatch(UUID)
    expect(cron?.left).toBeLessThanOrEqual(HOUR)
    expect(interval?.left).toBeGreaterThan(HOUR)
  })

  test('applies to listeners of @nestjs/event-emitter, which keep the emitting request', async () => {
    const heard: unknown[] = []
    @Injectable()
    class Listening {
      @OnEvent('made')
      @WithBridge()
      above(what: string) {
        heard.push(['above', what, id(), timeLeft() !== undefined])
      }

      @WithBridge()
      @OnEvent('made')
      below(what: string) {
        heard.push(['below', what, id(), timeLeft() !== undefined])
      }
    }
    const app = await start([Listening], [EventEmitterModule.forRoot(), ...withOptions({ deadline: HOUR })])
    await requestContext.run({ id: 'emitter' }, () => app.get(EventEmitter2).emitAsync('made', 'it'))
    expect(heard).toEqual([
      ['above', 'it', 'emitter', true],
      ['below', 'it', 'emitter', true]
    ])
  })
})
