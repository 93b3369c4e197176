import { FastifyAdapter } from '@nestjs/platform-fastify'
import { httpSuite } from './support/http-suite.js'

httpSuite('Fastify', () => new FastifyAdapter({ forceCloseConnections: true }))
