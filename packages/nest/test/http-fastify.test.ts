import { FastifyAdapter } from '@nestjs/platform-fastify'
import { httpSuite } from './support/http-suite.js'
import { streamSuite } from './support/stream-suite.js'

httpSuite('Fastify', () => new FastifyAdapter({ forceCloseConnections: true }))
streamSuite('Fastify', () => new FastifyAdapter({ forceCloseConnections: true }))
