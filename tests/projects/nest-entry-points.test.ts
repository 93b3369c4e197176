import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, type Redis, startRedis } from '../../packages/nest/test/support/redis.js'
import { copyFixture, node, ourTarballs, projectWith, run } from './project.js'

const eleven = {
  '@nestjs/apollo': '13.4.5',
  '@nestjs/bullmq': '11.0.5',
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/event-emitter': '3.1.0',
  '@nestjs/graphql': '13.4.4',
  '@nestjs/mercurius': '13.4.5',
  '@nestjs/microservices': '11.2.6',
  '@nestjs/platform-express': '11.2.10',
  '@nestjs/platform-fastify': '11.2.8',
  '@nestjs/platform-socket.io': '11.2.6',
  '@nestjs/platform-ws': '11.2.6',
  '@nestjs/schedule': '6.1.3',
  '@nestjs/websockets': '11.2.6',
  typescript: '5.9.3'
}
const twelve = {
  '@nestjs/apollo': '14.0.3',
  '@nestjs/bullmq': '12.0.0',
  '@nestjs/common': '12.5.1',
  '@nestjs/core': '12.5.1',
  '@nestjs/event-emitter': '12.0.1',
  '@nestjs/graphql': '14.0.3',
  '@nestjs/mercurius': '14.0.0',
  '@nestjs/microservices': '12.1.1',
  '@nestjs/platform-express': '12.5.1',
  '@nestjs/platform-fastify': '12.5.0',
  '@nestjs/platform-socket.io': '12.1.1',
  '@nestjs/platform-ws': '12.1.1',
  '@nestjs/schedule': '12.0.2',
  '@nestjs/websockets': '12.1.1',
  typescript: '6.0.3'
}
const both = {
  '@apollo/server': '5.5.1',
  '@as-integrations/express5': '1.1.2',
  '@types/node': '20.19.0',
  '@types/ws': '8.18.2',
  bullmq: '6.7.0',
  graphql: '16.15.0',
  'graphql-ws': '6.4.2',
  ioredis: '6.0.0',
  mercurius: '16.10.1',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  'socket.io-client': '4.8.4',
  ws: '8.23.0'
}

const timedOut = ['GATEWAY_TIMEOUT', 'Gateway Timeout']
const unavailable = [503, '1', 'guarded', '{"message":"Service Unavailable","statusCode":503}']
const ok = (value: object, status = 200) => [status, null, 'guarded', JSON.stringify(value)]

const answers = {
  http: {
    guarded: ok({ id: 'guarded', inWorker: true }),
    posted: ok({ body: { n: 1 }, id: 'guarded' }, 201),
    long: ok({ isLong: true }),
    skipped: ok({ id: 'guarded', isLimited: false }),
    late: [504, null, 'guarded', '{"message":"Gateway Timeout","statusCode":504}'],
    conflict: [418, null, 'guarded', '{"caught":"taken"}'],
    left: 'aborted',
    lost: unavailable,
    busy: unavailable
  },
  rpc: {
    where: { id: 'm1', inWorker: true },
    rows: [0, 1].map(n => ({ event: 'row', data: { n, id: 'm2' } })),
    late: { status: 'error', code: 'GATEWAY_TIMEOUT', message: 'Gateway Timeout' },
    left: 'aborted'
  },
  ws: {
    rows: [0, 1].map(n => ['row', n, 'string']),
    late: ['exception', ...timedOut],
    left: 'aborted'
  },
  jobs: {
    event: { what: 'it', id: 'e1', inWorker: true, isLimited: true },
    cron: { hasId: true, inWorker: true, isLimited: true },
    queued: { id: 'j1', inWorker: true }
  }
}

const operations = {
  where: { where: 'g1' },
  late: timedOut,
  rows: [{ rows: { event: 'row' } }, { rows: { event: 'row' } }]
}

describe.runIf(hasRedis()).each([
  ['CommonJS, on Nest 11', 'eleven', eleven, 'commonjs'],
  ['an ES module, on Nest 12', 'twelve', twelve, 'module']
])('an application from the tarballs that is %s', (_, template, tools, type) => {
  let folder: string
  let redis: Redis

  beforeAll(async () => {
    redis = await startRedis()
    const [nest = ''] = ourTarballs('@bridge/nest')
    folder = await projectWith({ '@bridge/nest': nest, ...tools, ...both }, { type })
    copyFixture(join('nest', template), folder)
    // Its tasks belong to the other application of that template.
    rmSync(join(folder, 'src', 'reports.ts'))
    copyFixture(join('nest', 'entry-points'), folder)
    // The template's tests are not included.
    const { code, stdout } = await run(folder, 'tsc', ['-p', 'tsconfig.build.json', '--types', 'node'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  })
  afterAll(() => redis?.stop())

  it.each([
    ['HTTP, RPC, WebSocket and in jobs', 'express', 'messages', answers],
    ['HTTP, RPC, WebSocket and in jobs', 'fastify', 'messages', answers],
    ['GraphQL by Apollo', 'express', 'graphql', operations],
    ['GraphQL by mercurius', 'fastify', 'graphql', operations]
  ])('has its requests over %s, on %s', async (_, platform, part, expected) => {
    const main = join('dist', 'main.js')
    const { code, stdout, stderr } = await node(folder, main, platform, `${redis.port}`, part)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(expected)
  })
})
