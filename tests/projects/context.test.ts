import { beforeAll, describe, expect, it } from 'vitest'
import { node, projectWith, write } from './project.js'

const [nodeLine = 0] = process.versions.node.split('.').map(Number)
const OPENTELEMETRY = { '@opentelemetry/api': '1.9.0', '@opentelemetry/sdk-trace-node': '2.12.1' }

/** nestjs-cls as it runs on this Node line, with a line of Nest. */
const nestWith = (nest: string, platform: string) => ({
  '@nestjs/common': nest,
  '@nestjs/core': nest,
  '@nestjs/platform-express': platform,
  'nestjs-cls': nodeLine >= 22 ? '7.0.0' : '6.3.1',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2'
})

/** The same programs for both kinds of modules. */
function programs(isEsm: boolean): Record<string, string> {
  const extension = isEsm ? 'mjs' : 'cjs'
  const load = (names: string, from: string) =>
    isEsm ? `import ${names} from '${from}'` : `const ${names} = require('${from}')`
  const loadOnly = (from: string) => (isEsm ? `import '${from}'` : `require('${from}')`)
  const give = (names: string) => (isEsm ? `export { ${names} }` : `module.exports = { ${names} }`)
  const url = (name: string) =>
    isEsm
      ? `new URL('./${name}.mjs', import.meta.url)`
      : `require('node:path').join(__dirname, '${name}.cjs')`
  return {
    [`telemetry.${extension}`]: `
      ${load('{ traceCalls }', '@bridge/context/otel')}
      ${load('{ InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor }', '@opentelemetry/sdk-trace-node')}
      const exporter = new InMemorySpanExporter()
      new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register()
      traceCalls()
      ${give('exporter')}`,
    [`traced.tasks.${extension}`]: `
      ${load('{ propagation, context, trace }', '@opentelemetry/api')}
      const seen = () => [trace.getActiveSpan().spanContext().traceId, propagation.getActiveBaggage().getEntry('tenant').value]
      ${give('seen')}`,
    [`traced.${extension}`]: `
      ${load('{ createPool }', '@bridge/pool')}
      ${load('{ propagation, context, trace }', '@opentelemetry/api')}
      ${load('{ exporter }', `./telemetry.${extension}`)}
      const pool = createPool({ setup: ${url('telemetry')} })
      const tasks = pool.import(${url('traced.tasks')})
      const baggage = propagation.createBaggage({ tenant: { value: 'acme' } })
      async function main() {
        await trace.getTracer('app').startActiveSpan('request', span =>
          context.with(propagation.setBaggage(context.active(), baggage), async () => {
            const [traceId, tenant] = await tasks.seen()
            console.log(traceId === span.spanContext().traceId, tenant)
            span.end()
          }))
        console.log(exporter.getFinishedSpans().map(({ name }) => name).join())
        await pool.close()
      }
      main()`,
    [`cls.tasks.${extension}`]: `
      ${load('{ ClsServiceManager }', 'nestjs-cls')}
      const cls = ClsServiceManager.getClsService()
      function seen() {
        cls.set('tenant', cls.get('tenant') + ' in the worker')
        return { id: cls.getId(), tenant: cls.get('tenant'), hasRequest: cls.get().req !== undefined }
      }
      ${give('seen')}`,
    [`cls.${extension}`]: `
      ${loadOnly('reflect-metadata')}
      ${loadOnly('@bridge/context/cls')}
      ${load('{ createPool }', '@bridge/pool')}
      ${load('{ Controller, Get, Inject, Module }', '@nestjs/common')}
      ${load('{ NestFactory }', '@nestjs/core')}
      ${load('{ ClsModule, ClsService }', 'nestjs-cls')}
      const pool = createPool({ maxThreads: 1 })
      const tasks = pool.import(${url('cls.tasks')})
      class App {
        constructor(cls) {
          this.cls = cls
        }
        async seen() {
          this.cls.set('tenant', 'acme')
          const there = await tasks.seen()
          return { there, here: { id: this.cls.getId(), tenant: this.cls.get('tenant') } }
        }
      }
      Inject(ClsService)(App, undefined, 0)
      Get()(App.prototype, 'seen', Object.getOwnPropertyDescriptor(App.prototype, 'seen'))
      Controller()(App)
      class AppModule {}
      const middleware = { mount: true, generateId: true, idGenerator: request => request.headers['x-id'] }
      Module({ imports: [ClsModule.forRoot({ global: true, middleware })], controllers: [App] })(AppModule)
      async function main() {
        const app = await NestFactory.create(AppModule, { logger: ['error'] })
        await app.listen(0)
        const ids = Array.from({ length: 50 }, (_, n) => 'r' + n)
        const answers = await Promise.all(ids.map(async id =>
          (await fetch(await app.getUrl(), { headers: { 'x-id': id } })).json()))
        const expected = ids.map(id => ({
          there: { id, tenant: 'acme in the worker', hasRequest: false },
          here: { id, tenant: 'acme' }
        }))
        console.log(JSON.stringify(answers) === JSON.stringify(expected) || answers[0])
        await app.close()
        await pool.close()
      }
      main()`
  }
}

describe.each([
  ['an ES module, under Nest 12', true, nestWith('12.5.1', '12.5.1')],
  ['CommonJS, under Nest 11', false, nestWith('11.2.10', '11.2.10')]
])('context from the tarballs, in %s', (_, isEsm, nest) => {
  let folder: string
  const extension = isEsm ? 'mjs' : 'cjs'

  beforeAll(async () => {
    folder = await projectWith({ ...OPENTELEMETRY, ...nest })
    write(folder, programs(isEsm))
  })

  it("is OpenTelemetry's in a worker", async () => {
    expect(await node(folder, `traced.${extension}`)).toEqual({
      code: 0,
      stdout: 'true acme\nbridge.call,request\n',
      stderr: ''
    })
  })

  it('is the store of nestjs-cls in a worker, of each of 50 requests at once', async () => {
    expect(await node(folder, `cls.${extension}`)).toEqual({ code: 0, stdout: 'true\n', stderr: '' })
  })
})

describe('@bridge/context by itself', () => {
  it('needs nothing but core, and neither entry asks for more than its own peer', async () => {
    const folder = await projectWith({ '@opentelemetry/api': '1.9.0' })
    write(folder, {
      'alone.mjs': `
        import { AsyncLocalStorage } from 'node:async_hooks'
        import { carry, createContext } from '@bridge/context'
        import * as otel from '@bridge/context/otel'
        import { createPool, loop } from '@bridge/pool'
        console.log(typeof carry, typeof createContext, Object.keys(otel).join())
        await import('@bridge/context/cls').catch(({ code }) => console.log(code))`
    })
    expect(await node(folder, 'alone.mjs')).toEqual({
      code: 0,
      stdout: 'function function traceCalls\nERR_MODULE_NOT_FOUND\n',
      stderr: ''
    })
  })
})
