import { ExpressAdapter } from '@nestjs/platform-express'
import { httpSuite } from './support/http-suite.js'
import { streamSuite } from './support/stream-suite.js'

httpSuite('Express', () => new ExpressAdapter())
streamSuite('Express', () => new ExpressAdapter())
