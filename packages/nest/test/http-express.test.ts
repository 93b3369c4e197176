import { ExpressAdapter } from '@nestjs/platform-express'
import { httpSuite } from './support/http-suite.js'

httpSuite('Express', () => new ExpressAdapter())
