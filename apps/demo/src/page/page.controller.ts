import { createReadStream } from 'node:fs'
import { Controller, Get, Header, StreamableFile } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'

const file = (name: string): StreamableFile =>
  new StreamableFile(createReadStream(new URL(`./${name}`, import.meta.url)))

/** The page and its parts, which are beside this file in the build. Nothing is loaded from other servers. */
@ApiExcludeController()
@Controller()
export class PageController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header(
    'content-security-policy',
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
  )
  page() {
    return file('index.html')
  }

  @Get('page.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script() {
    return file('page.js')
  }

  @Get('page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  style() {
    return file('page.css')
  }
}
