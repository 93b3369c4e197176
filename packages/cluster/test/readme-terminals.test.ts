import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { describeWith, type Program, startServer } from './servers.js'
import { ScratchPackage, startWorker } from './workers.js'

const packageFolder = dirname(createRequire(import.meta.url).resolve('@bridge/cluster/package.json'))
const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8')

/** The README's block for one of the servers. */
const call = /```js no-run\n(\/\/ call\.js\n[\s\S]*?)```/.exec(readme)?.[1] ?? ''

/** The variant of the block for each server, according to its comments. */
const forServer: Record<Program, (url: string) => string> = {
  'nats-server': url => call.replace('nats://127.0.0.1:4222', url),
  'redis-server': url =>
    call
      .replace(/^import \{ nats \}.*\/\/ or: (.*)$/m, '$1')
      .replace(/nats\('.*?'\) \}\) \/\/ or: .*$/m, `bullmq('${url}') })`)
}

describeTerminals('nats-server')
describeTerminals('redis-server')

/** The two terminals of the README, with the server. */
function describeTerminals(program: Program): void {
  describeWith(program, `the README's two processes with ${program}`, () => {
    test('a call runs in the other version', async () => {
      await using server = await startServer(program)
      using scratch = new ScratchPackage('new-user')
      symlinkSync(join(packageFolder, 'node_modules'), join(scratch.folder, 'node_modules'))
      const source = forServer[program](server.url).replaceAll(
        /'@bridge\/cluster(\/\w+)?'/g,
        (_, entry: string | undefined) => `'${join(packageFolder, 'dist', entry?.slice(1) ?? 'index')}.js'`
      )
      expect(source).toContain(server.url)
      const tasks = scratch.module(
        'tasks.js',
        'export function fibonacci(n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2) }'
      )
      const file = scratch.module('call.js', source)
      await using worker = await startWorker(server.url, [tasks])
      expect(worker.lines[0]).toContain('new-user/tasks.js@1.0.0')
      const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (output += text))
      expect(await once(child, 'close')).toEqual([0, null])
      expect(output).toBe('832040\n')
    })
  })
}
