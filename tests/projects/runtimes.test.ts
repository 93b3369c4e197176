import { beforeAll, describe, expect, it } from 'vitest'
import { runtimes } from '../../tools/runtimes.js'
import { copyFixture, ourTarballs, projectWith, run } from './project.js'

let folder: string

beforeAll(async () => {
  const [cluster = '', nest = ''] = ourTarballs('@bridge/cluster', '@bridge/nest')
  folder = await projectWith(
    {
      '@bridge/cluster': cluster,
      '@bridge/nest': nest,
      // The last line that runs on each Node of ours.
      '@nestjs/common': '12.5.1',
      '@nestjs/core': '12.5.1',
      '@nestjs/platform-express': '12.5.1',
      'reflect-metadata': '0.2.2',
      rxjs: '7.8.2'
    },
    { name: 'app', version: '1.0.0', type: 'module' }
  )
  copyFixture('runtimes', folder)
})

describe.each(runtimes)('on $name', ({ name, command, args }) => {
  const printed = async (file: string): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    run(folder, command, [...args, file], { timeout: 60_000 })

  it('a context travels to a thread, errors come back whole, and a task that spins is ended', async () => {
    expect(await printed('context.mjs')).toEqual({
      code: 0,
      stdout: 'hello Ada hello Ada 0 Ada,1 Ada\nhello undefined\ntrue,E_NO\nBRIDGE_TIMEOUT\n',
      stderr: ''
    })
  })

  it('a Nest application answers by calls, by streams, and in time', async () => {
    expect(await printed('nest.mjs')).toEqual({
      code: 0,
      stdout: 'greet 200 "hello undefined"\nlines 200 "0 undefined1 undefined"\nspin 504 \n',
      stderr: ''
    })
  })

  if (name === 'bun') {
    it('a cluster is refused where it is made', async () => {
      const why = "this runtime has no Serializer in node:v8, which encodes a cluster's messages"
      expect(await printed('refused.mjs')).toEqual({
        code: 0,
        stdout: ['createCluster()', 'serve()']
          .map(where => `BRIDGE_INVALID_ARGUMENT ${where}: ${why}\n`)
          .join(''),
        stderr: ''
      })
    })
  } else {
    it('a cluster in memory carries calls, streams, context and errors', async () => {
      expect(await printed('cluster.mjs')).toEqual({
        code: 0,
        stdout: 'hello Ada 0 Ada,1 Ada\ntrue,E_NO\n',
        stderr: ''
      })
    })
  }
})
