import 'reflect-metadata'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inline } from '@bridge/core'
import { BRIDGE_EXECUTOR } from '@bridge/nest'
import { NestFactory } from '@nestjs/core'
import { Test } from '@nestjs/testing'
import { AppModule, HashTasks } from './app.module.js'

test('hashes on a thread, and answers 504 after the deadline', async () => {
  const app = await NestFactory.create(AppModule, { logger: false })
  await app.listen(0)
  const ask = async (path: string) => fetch(`${await app.getUrl()}${path}`)
  assert.deepEqual(await (await ask('/hash/x')).json(), { hash: '9cf1e263', inWorker: true })
  assert.equal((await ask('/hash/x?rounds=1000000000')).status, 504)
  await app.close()
})

test('hashes without a thread, where the executor is overridden', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(BRIDGE_EXECUTOR)
    .useValue(inline)
    .compile()
  assert.equal((await module.get(HashTasks).hash('x', 1)).inWorker, false)
})
