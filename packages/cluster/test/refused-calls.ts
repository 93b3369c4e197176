import { MessageChannel } from 'node:worker_threads'
import { NotCloneableError, PayloadTooLargeError, QueueFullError, TaskNotFoundError } from '@bridge/core'
import { transfer } from '@bridge/core/executor'
import { expect, it } from 'vitest'
import { all, describeCluster, failed, type Kind, TASKS, type Tasks } from './cluster-bench.js'
import { ScratchPackage } from './workers.js'

/** Calls that no worker runs, and their errors. */
export function refusedCallTests(kind: Kind): void {
  describeCluster(kind, 'a call that is refused', bench => {
    it('without any worker fails at once, and the task has not run', async () => {
      const error = await failed(bench().tasks().pid())
      expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: false })
      expect(error.message).toMatch(
        /no worker takes calls of @bridge\/cluster\/test\/fixtures\/tasks\.mjs@0\.0\.0 from/
      )
      expect(error.message).toMatch(/there is no worker at all.*has not run/)
    })

    it('names what workers offer if none offers its module', async () => {
      await bench().serve({ queue: undefined, version: '2.0.0' })
      const error = await failed(bench().tasks({ queue: undefined, version: '1.0.0' }).pid())
      expect(error).toMatchObject({ code: 'BRIDGE_WORKER_LOST', mayHaveRun: false })
      expect(error.message).toMatch(
        /tasks\.mjs@1\.0\.0.*offer @bridge\/cluster\/test\/fixtures\/tasks\.mjs@2\.0\.0/
      )
    })

    it('by a worker of another version names the versions that it has', async () => {
      await bench().serve({ version: '2.0.0' })
      const error = await failed(bench().tasks({ version: '1.0.0' }).pid().with({ retries: 2 }))
      expect(error).toBeInstanceOf(TaskNotFoundError)
      expect(error.message).toMatch(/has .*tasks\.mjs in version 2\.0\.0, and the caller asks for 1\.0\.0/)
      expect(error.cause).toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' })
    })

    it('by a worker of another module names the modules that it has', async () => {
      using scratch = new ScratchPackage('other', '1.0.0')
      await bench().serve({ modules: [scratch.module('other.js', 'export const one = () => 1')] })
      const error = await failed(bench().tasks().pid())
      expect(error).toBeInstanceOf(TaskNotFoundError)
      expect(error.message).toMatch(/does not offer @bridge\/cluster.*it offers other\/other\.js/)
    })

    it('does not occur if the worker also serves that version', async () => {
      await bench().serve({ version: '2.0.0', compatible: ['1.0.0', '1.1.0'] })
      expect(await bench().tasks({ version: '1.1.0' }).echo('served')).toBe('served')
    })

    it('does not occur if each version has its own worker', async () => {
      using one = new ScratchPackage('versioned', '1.0.0')
      using two = new ScratchPackage('versioned', '2.0.0')
      const source = (version: string): string => `export const version = () => '${version}'`
      const options = { queue: undefined }
      await bench().serve({ ...options, modules: [one.module('tasks.js', source('one'))] })
      await bench().serve({ ...options, modules: [two.module('tasks.js', source('two'))] })
      const cluster = bench().cluster(options)
      const of = (version: string) =>
        cluster.import<{ version(): string }>(`bridge:versioned@${version}/tasks.js`).version()
      expect(await Promise.all([of('1.0.0'), of('2.0.0'), of('1.0.0')])).toEqual(['one', 'two', 'one'])
      expect((await failed(of('3.0.0'))).message).toMatch(/offer (versioned.*@[12]\.0\.0(, )?){2}/)
    })

    it('has a name that its module does not export', async () => {
      await bench().serve()
      const tasks = bench().cluster().import<{ nothing(): number }>(TASKS)
      expect(await failed(tasks.nothing())).toMatchObject({ code: 'BRIDGE_TASK_NOT_FOUND' })
    })

    it('has a module that cannot be loaded', async () => {
      using scratch = new ScratchPackage('broken', '1.0.0')
      const module = scratch.module('broken.js', "throw new Error('at its load')\nexport const one = () => 1")
      await bench().serve({ modules: [module] })
      const tasks = bench().cluster().import<{ one(): number }>('bridge:broken@1.0.0/broken.js')
      expect(await failed(tasks.one())).toMatchObject({
        code: 'BRIDGE_TASK_NOT_FOUND',
        cause: { message: 'at its load' }
      })
    })

    if (!kind.hasQueue) {
      it('finds all workers full', async () => {
        await bench().serve({ maxQueue: 0 })
        const [journal, gate] = [bench().file('journal'), bench().file('gate')]
        const tasks = bench().tasks()
        const held = tasks.hold(journal, gate, 'held').start()
        await bench().written(journal, 'began')
        const error = await failed(tasks.echo(1))
        expect(error).toBeInstanceOf(QueueFullError)
        expect(error.message).toMatch(/are full; try again later, or start more workers/)
        bench().open(gate)
        expect(await held).toBe('held')
        expect(await tasks.echo(2)).toBe(2)
      })
    }
  })

  describeCluster(kind, 'a value that is too large', bench => {
    /** More than the limit of any engine. */
    const LARGE = 10 * 1024 * 1024

    it('fails as arguments, before it is sent', async () => {
      await bench().serve()
      const tasks = bench().tasks()
      const error = await failed(tasks.size(new Uint8Array(LARGE)))
      expect(error).toBeInstanceOf(PayloadTooLargeError)
      expect(error.bytes).toBeGreaterThan(LARGE)
      expect(error.message).toMatch(
        /^size\(\): its arguments have \d+ bytes, and at most \d+ can be sent at once/
      )
      expect(await tasks.echo(1)).toBe(1)
    })

    it('fails as a result, once', async () => {
      await bench().serve()
      const tasks = bench().tasks()
      const error = await failed(tasks.bytes(LARGE).with({ retries: 2 }))
      expect(error).toBeInstanceOf(PayloadTooLargeError)
      expect(error.message).toMatch(/^bytes\(\): its result has \d+ bytes/)
      expect(await tasks.echo(1)).toBe(1)
    })

    it('fails as an error', async () => {
      await bench().serve()
      const tasks = bench().tasks()
      const error = await failed(tasks.failLarge(LARGE))
      expect(error).toBeInstanceOf(PayloadTooLargeError)
      expect(await tasks.echo(1)).toBe(1)
    })

    it('fails as an item, and ends its stream', async () => {
      await bench().serve()
      const tasks = bench().tasks()
      const journal = bench().file('journal')
      const error = await failed(all(tasks.rows(journal, 3, LARGE)))
      expect(error).toBeInstanceOf(PayloadTooLargeError)
      expect(error.message).toMatch(/^rows\(\): an item/)
      expect(await tasks.echo(1)).toBe(1)
    })

    it('is split if it consists of many items', async () => {
      await bench().serve()
      const rows = await all(
        bench()
          .tasks()
          .rows(bench().file('journal'), 40, 512 * 1024)
      )
      expect(rows.map(row => row.length)).toEqual(Array(40).fill(512 * 1024))
    })

    it('fails as a value that is passed to a generator', async () => {
      await bench().serve()
      const tasks = bench().tasks()
      const stream = tasks.given().with({ twoWay: true })[Symbol.asyncIterator]()
      await stream.next()
      const error = await failed(stream.next(new Uint8Array(LARGE)))
      expect(error).toBeInstanceOf(PayloadTooLargeError)
      expect(await tasks.echo(1)).toBe(1)
    })
  })

  describeCluster(kind, 'a value that stays in its process', bench => {
    const { port1 } = new MessageChannel()
    const values: readonly (readonly [name: string, value: unknown])[] = [
      ['a function', () => 1],
      ['a Blob', new Blob(['x'])],
      ['shared memory', new SharedArrayBuffer(8)],
      ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(8))],
      ['a MessagePort', port1],
      ['a WeakMap', new WeakMap()],
      ['a symbol', Symbol('one')],
      ['a promise', Promise.resolve(1)]
    ]
    for (const [name, value] of values) {
      it(`is refused as an argument, with its path: ${name}`, async () => {
        await bench().serve()
        const error = await failed(
          bench()
            .tasks()
            .echo({ deep: [1, value] })
        )
        expect(error).toBeInstanceOf(NotCloneableError)
        expect(error.message).toMatch(/^echo\(\): args\[0\]\.deep\[1\] cannot be sent to another process/)
      })
    }

    for (const name of ['function', 'blob', 'shared', 'port', 'weak', 'symbol'] as const) {
      it(`is refused as a result and as an item, with its path: ${name}`, async () => {
        await bench().serve()
        const tasks = bench().tasks()
        const error = await failed(tasks.unsendable(name))
        expect(error).toBeInstanceOf(NotCloneableError)
        expect(error.message).toMatch(
          /^unsendable\(\): its result\.deep\[1\] cannot be sent to another process/
        )
        const items: unknown[] = []
        const stream = (async () => {
          for await (const item of tasks.unsendableItems(name)) items.push(item)
        })()
        expect(await failed(stream)).toBeInstanceOf(NotCloneableError)
        expect(items).toEqual([1])
      })
    }

    it('is refused if it is marked by transfer()', async () => {
      await bench().serve()
      const buffer = new ArrayBuffer(8)
      const error = await failed(
        bench()
          .tasks()
          .echo(transfer({ buffer }, [buffer]))
      )
      expect(error).toBeInstanceOf(NotCloneableError)
      expect(error.message).toMatch(/transfer\(\)/)
      expect(buffer.byteLength).toBe(8)
    })

    it('is refused as an object of a class of the module', async () => {
      await bench().serve()
      const { Kept } = bench().cluster().import<Tasks>(TASKS) as unknown as {
        Kept: new () => { get(): Promise<number> }
      }
      expect(await failed((async () => new Kept().get())())).toMatchObject({
        name: expect.stringMatching(/Error$/)
      })
    })
  })
}
