import { createRequire } from 'node:module'
import * as esm from '@bridge/nest'
import { Controller, Get } from '@nestjs/common'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { type Server, startServer } from './support/server.js'
import { WorkTasks } from './support/work-tasks.js'

const commonjs = createRequire(import.meta.url)('@bridge/nest') as typeof esm

describe('the CommonJS copy beside the ES one', () => {
  let server: Server | undefined
  afterEach(() => server?.app.close())

  test('is a different copy, and has the same tokens', () => {
    expect(commonjs.BridgeInterceptor).not.toBe(esm.BridgeInterceptor)
    expect(commonjs.BRIDGE_EXECUTOR).toBe(esm.BRIDGE_EXECUTOR)
    expect(commonjs.BRIDGE_OPTIONS).toBe(esm.BRIDGE_OPTIONS)
  })

  test('sets a deadline that the interceptor of the other copy applies', async () => {
    @Controller()
    class Late {
      constructor(private readonly tasks: WorkTasks) {}

      @Get('late')
      @commonjs.Deadline(20)
      late() {
        return this.tasks.untilAborted()
      }
    }
    server = await startServer(new FastifyAdapter({ forceCloseConnections: true }), { controllers: [Late] })
    expect((await fetch(`${server.url}/late`)).status).toBe(504)
  })

  test('recognizes the exception that the other copy has made', () => {
    class Own extends esm.ClientClosedRequestException {}
    expect(new esm.ClientClosedRequestException('gone')).toBeInstanceOf(commonjs.ClientClosedRequestException)
    expect(new commonjs.ClientClosedRequestException('gone')).toBeInstanceOf(esm.ClientClosedRequestException)
    expect(new Own('gone')).toBeInstanceOf(commonjs.ClientClosedRequestException)
    expect(new commonjs.ClientClosedRequestException('gone')).not.toBeInstanceOf(Own)
    expect(new Error('gone')).not.toBeInstanceOf(esm.ClientClosedRequestException)
  })
})
