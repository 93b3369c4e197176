import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith, startServer, type TestServer } from '../../packages/cluster/test/servers.js'
import { ourTarballs, projectWith, run } from './project.js'

const [nodeLine] = process.versions.node.split('.')

/** Other lines of Node, as the npm registry has them for this machine. */
const OTHERS = ['20.20.2', '24.21.0', '26.10.0'].filter(version => !version.startsWith(`${nodeLine}.`))

/** The npm package that contains another Node version. */
const nameOf = (version: string) => `node-${version.split('.')[0]}`

const TASKS = `
  import { createContext } from '@bridge/context'
  import { tenant } from './tenant.js'
  export class QuotaError extends Error {
    constructor(limit) { super('over ' + limit); this.limit = limit }
  }
  export const sum = (...numbers) => numbers.reduce((a, b) => a + b, 0)
  export const who = () => tenant.get()
  export function fail() {
    throw new QuotaError(5, { cause: new TypeError('deep') })
  }
  export function failDeep() {
    throw new RangeError('outer', { cause: new TypeError('inner', { cause: { code: 7 } }) })
  }
  export const mail = error => error.cause.message
  export function* rows(count) {
    for (let id = 0; id < count; id++) yield { id, name: 'row ' + id, at: new Date(id) }
  }
  export const halves = () => new Float16Array([0.5])
  export const node = () => process.versions.node.split('.')[0]`

/** A caller, as a module of either kind; it prints its results. */
const caller = (load: (name: string, from: string) => string, url: string) => `
  ${load('{ createCluster }', '@bridge/cluster')}
  ${load('{ nats }', '@bridge/cluster/nats')}
  ${load('{ tenant }', './tenant.js')}
  async function main() {
    const cluster = createCluster({ engine: nats(process.argv[2]) })
    const tasks = cluster.import(${url})
    const lines = [await tasks.sum(1, 2, 3), await tenant.run('acme', () => tasks.who().start())]
    for (const fail of [tasks.fail, tasks.failDeep]) {
      const error = await fail().catch(thrown => thrown)
      lines.push([error.name, error.message, error.limit, error.cause && error.cause.constructor.name, error.cause && error.cause.cause])
    }
    lines.push(await tasks.mail(new Error('sent', { cause: new TypeError('along') })))
    let count = 0
    for await (const row of tasks.rows(5000)) if (row.at.getTime() === row.id) count++
    lines.push(count)
    const halves = await tasks.halves().catch(error => error.code + ' ' + error.name)
    lines.push(typeof halves === 'string' ? halves : halves.constructor.name)
    lines.push(await tasks.node())
    console.log(JSON.stringify(lines))
    await cluster.close()
  }
  main()`

const EXPECTED = [
  6,
  'acme',
  ['QuotaError', 'over 5', 5, null, null],
  ['RangeError', 'outer', null, 'TypeError', { code: 7 }],
  'along',
  5000
]

/** The result for a Float16Array, by the Node lines of the worker and of the caller. */
function halvesOf(worker: string, own: string): string {
  if (Number(worker) < 24) return 'undefined ReferenceError'
  return Number(own) < 24 ? 'BRIDGE_NOT_CLONEABLE NotCloneableError' : 'Float16Array'
}

describeWith('nats-server', "a user's cluster, from the tarballs", () => {
  let folder: string
  let server: TestServer
  const workers: ChildProcess[] = []

  beforeAll(async () => {
    const nodes = Object.fromEntries(
      OTHERS.map(version => [nameOf(version), `npm:node-linux-${process.arch}@${version}`])
    )
    const [cluster = ''] = ourTarballs('@bridge/cluster')
    folder = await projectWith(
      { '@bridge/cluster': cluster, '@nats-io/transport-node': '3.4.0', ...nodes },
      { name: 'app', version: '1.0.0', type: 'module' },
      {
        'tenant.js':
          "import { createContext } from '@bridge/context'\nexport const tenant = createContext('tenant')",
        'tasks.js': TASKS,
        'call.js': caller(
          (name, from) => `import ${name} from '${from}'`,
          "new URL('./tasks.js', import.meta.url)"
        ),
        'call.cjs': caller(
          (name, from) =>
            from.startsWith('.')
              ? "const tenant = { run: (value, fn) => import('./tenant.js').then(module => module.tenant.run(value, fn)) }"
              : `const ${name} = require('${from}')`,
          "require('node:path').join(__dirname, 'tasks.js')"
        )
      }
    )
    server = await startServer('nats-server')
  })
  afterAll(async () => {
    await Promise.all(workers.map(end))
    await server[Symbol.asyncDispose]()
  })

  const binary = (version: string | undefined) =>
    version === undefined ? process.execPath : join(folder, 'node_modules', nameOf(version), 'bin', 'node')

  async function startWorker(version?: string): Promise<ChildProcess> {
    const command = join(folder, 'node_modules/@bridge/cluster/dist/bridge-worker.js')
    const args = ['--engine', server.url, '--threads', '1', '--carriers', '@bridge/context', 'tasks.js']
    const worker = spawn(binary(version), [command, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit']
    })
    workers.push(worker)
    await once(worker.stdout, 'data')
    return worker
  }

  async function end(worker: ChildProcess): Promise<void> {
    if (worker.exitCode !== null || worker.signalCode !== null) return
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  }

  const lineOf = (version: string | undefined) => (version ?? process.versions.node).split('.')[0] as string

  it.each(['call.js', 'call.cjs'])('is called by %s', async file => {
    const worker = await startWorker()
    const { code, stdout, stderr } = await run(folder, process.execPath, [file, server.url])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual([
      ...EXPECTED,
      halvesOf(lineOf(undefined), lineOf(undefined)),
      nodeLine
    ])
    await end(worker)
  })

  it.each(
    OTHERS.flatMap(version => [
      { caller: undefined, worker: version },
      { caller: version, worker: undefined }
    ])
  )('crosses lines of Node: $caller calls, $worker works', async ({ caller: own, worker: other }) => {
    const worker = await startWorker(other)
    const { code, stdout, stderr } = await run(folder, binary(own), ['call.js', server.url])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual([...EXPECTED, halvesOf(lineOf(other), lineOf(own)), lineOf(other)])
    await end(worker)
  })
})
