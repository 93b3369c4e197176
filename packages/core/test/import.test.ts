import { describe, expect, test } from 'vitest'
import { runSource } from './child.js'

describe.each(['@bridge/core', '@bridge/core/host'])('importing %s', entry => {
  const probe = `
    const before = process.eventNames().length + process.getActiveResourcesInfo().length
    let threads = 0
    require('node:worker_threads').Worker.prototype.postMessage = () => threads++
    const { executionAsyncId, createHook } = require('node:async_hooks')
    const made = []
    const hook = createHook({ init: (_, type) => made.push(type) }).enable()
    const loaded = require('${entry}')
    hook.disable()
    const lasting = made.filter(type => /Timeout|Immediate|WORKER|MESSAGEPORT|TCP|PIPE/.test(type))
    const after = process.eventNames().length + process.getActiveResourcesInfo().length
    console.log(JSON.stringify({ added: after - before, threads, lasting, some: Object.keys(loaded).length > 0 }))`

  test('by require prints nothing, starts nothing and adds no listener', async () => {
    const { code, stdout, stderr } = await runSource(probe, 'cjs')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ added: 0, threads: 0, lasting: [], some: true })
  })

  test('by import prints nothing, and the process ends by itself', async () => {
    expect(await runSource(`import '${entry}'`)).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})
