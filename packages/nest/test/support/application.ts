import type { AddressInfo } from 'node:net'
import type { INestApplication, ModuleMetadata } from '@nestjs/common'
import type { AbstractHttpAdapter } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { ErrorLog, type Server } from './server.js'

/** Both platforms, for suites that both must pass. */
export const platforms: [name: string, make: () => AbstractHttpAdapter][] = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter({ forceCloseConnections: true })]
]

/** Starts an application of any module on a free port. */
export async function startApplication(
  metadata: ModuleMetadata,
  adapter: AbstractHttpAdapter,
  prepare: (app: INestApplication) => void = () => {}
): Promise<Server> {
  const module = await Test.createTestingModule(metadata).compile()
  const log = new ErrorLog()
  const app = module.createNestApplication(adapter, { forceCloseConnections: true })
  app.useLogger(log)
  prepare(app)
  await app.listen(0, '127.0.0.1')
  const { port } = app.getHttpServer().address() as AddressInfo
  return { app, url: `http://127.0.0.1:${port}`, log }
}
