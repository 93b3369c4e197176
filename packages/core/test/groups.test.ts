import {
  bridge,
  CallAbortedError,
  CallTimeoutError,
  CannotBlockError,
  callAny,
  callMap,
  currentTask,
  InvalidArgumentError,
  parallelMap,
  runScope
} from '@bridge/core'
import { describe, expect, test, vi } from 'vitest'
import { runSource } from './child.js'
import { Latch, turn } from './latch.js'

const double = bridge((n: number) => 2 * n)

/** An input that yields the given items, and then waits for ever, as a source of events does. */
function events<T>(...items: T[]) {
  const returned = vi.fn(async () => ({ done: true as const, value: undefined }))
  const source: AsyncIterableIterator<T> = {
    next: () =>
      items.length > 0
        ? Promise.resolve({ done: false, value: items.shift() as T })
        : new Promise<never>(() => {}),
    return: returned,
    [Symbol.asyncIterator]() {
      return this
    }
  }
  return { source, returned }
}

describe('parallelMap, awaited', () => {
  test('reports a failure immediately, also while its input waits, and ends the input', async () => {
    const { source, returned } = events(1)
    await expect(parallelMap(source, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(returned).toHaveBeenCalledTimes(1)
  })

  test('reports a failure also while another mapper waits for ever', async () => {
    const mapper = (n: number) =>
      n === 1 ? Promise.reject(new Error('failed')) : new Promise<never>(() => {})
    await expect(parallelMap([0, 1], mapper)).rejects.toThrow('failed')
  })

  test.each(['signal', 'timeout', 'scope'] as const)('ends an input that waits at its %s', async limit => {
    const { source, returned } = events(1)
    const stop = new AbortController()
    const entered = new Latch()
    const mapper = (n: number): number => {
      entered.open()
      return n
    }
    const reason = new Error('stop')
    const group =
      limit === 'signal'
        ? parallelMap(source, mapper, { signal: stop.signal })
        : limit === 'timeout'
          ? parallelMap(source, mapper).with({ timeout: 20 })
          : runScope({ signal: stop.signal }, () => parallelMap(source, mapper))
    const outcome = group.catch((error: unknown) => error)
    await entered.opened
    await turn()
    stop.abort(reason)
    const error = await outcome
    if (limit === 'timeout') expect(error).toBeInstanceOf(CallTimeoutError)
    else expect(error).toBe(reason)
    expect(returned).toHaveBeenCalledTimes(1)
  })

  test('has run the finally of a generator that it stops, when it reports the failure', async () => {
    const ended = vi.fn()
    async function* inputs() {
      try {
        yield 1
        yield 2
      } finally {
        await turn()
        ended()
      }
    }
    const mapper = () => Promise.reject(new Error('failed'))
    await expect(parallelMap(inputs(), mapper, { concurrency: 1 })).rejects.toThrow('failed')
    expect(ended).toHaveBeenCalledTimes(1)
  })

  test('awaits inputs that are promises side by side', async () => {
    const second = new Latch<number>()
    const first = second.opened.then(n => n - 1)
    const seen: number[] = []
    const group = parallelMap([first, Promise.resolve(5), second.opened], async n => {
      seen.push(await n)
      if (seen.length === 1) second.open(2)
      return n
    })
    expect(await group).toEqual([1, 5, 2])
    expect(seen[0]).toBe(5)
  })

  test('has a rejected input as the outcome of that input', async () => {
    const bad = Promise.reject(new Error('bad input'))
    bad.catch(() => {})
    expect(await parallelMap([1, bad, 3], n => n, { settle: true })).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: new Error('bad input') },
      { status: 'fulfilled', value: 3 }
    ])
    await expect(parallelMap([1, bad], n => n)).rejects.toThrow('bad input')
  })

  test('leaves no rejected input unhandled, not even one that it never reached', async () => {
    const { code, stdout, stderr } = await runSource(`
      import { parallelMap } from '@bridge/core'
      const inputs = [Promise.reject(new Error('first')), Promise.reject(new Error('second')), 3]
      const error = await parallelMap(inputs, n => n, { concurrency: 1 }).catch(error => error)
      await new Promise(setImmediate)
      console.log(error.message)`)
    expect({ code, stdout: stdout.trim(), stderr }).toEqual({ code: 0, stdout: 'first', stderr: '' })
  })

  test('runs its mapper in the scope and with the task of its making', async () => {
    const { signal } = new AbortController()
    const group = runScope({ signal, timeout: 60_000 }, () => parallelMap([1], () => currentTask()?.name))
    expect(await group.start()).toEqual(['parallelMap'])
  })
})

describe('parallelMap, blocking', () => {
  test('makes no further call after the first failure', () => {
    const mapper = vi.fn((n: number) => {
      if (n === 3) throw new Error('failed')
      return n
    })
    const inputs = Array.from({ length: 1000 }, (_, n) => n)
    expect(() => parallelMap(inputs, n => bridge(mapper)(n)).runSync()).toThrow('failed')
    expect(mapper).toHaveBeenCalledTimes(4)
  })

  test('of an endless input ends at its timeout, and closes the input', () => {
    const closed = vi.fn()
    function* endless() {
      try {
        for (let n = 0; ; n++) yield n
      } finally {
        closed()
      }
    }
    expect(() => parallelMap(endless(), double).with({ timeout: 30 }).runSync()).toThrow(CallTimeoutError)
    expect(closed).toHaveBeenCalledTimes(1)
  })

  test('refuses a promise, whose own rejection is handled', async () => {
    const { code, stdout, stderr } = await runSource(`
      import { parallelMap } from '@bridge/core'
      const refusal = make => { try { make().runSync() } catch (error) { return error.code } }
      console.log(refusal(() => parallelMap([1], async () => { throw new Error('lost') })))
      console.log(refusal(() => parallelMap([Promise.reject(new Error('lost'))], n => n)))
      await new Promise(setImmediate)`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('BRIDGE_CANNOT_BLOCK\nBRIDGE_CANNOT_BLOCK\n')
  })

  test('with settle continues after a failure', () => {
    const outcomes = parallelMap(
      [1, 2],
      n =>
        bridge(() => {
          if (n === 1) throw new Error('failed')
          return n
        })(),
      { settle: true }
    ).runSync()
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })
})

describe('callAny and callMap', () => {
  test('use the call of a function that returns calls, with their options', async () => {
    const call = callAny(double, [2], { timeout: 1000 })
    expect(call.runSync()).toBe(4)
    expect(await callAny(double, [3])).toBe(6)
    const never = bridge(() => new Promise<number>(() => {}))
    await expect(callAny(never, [], { timeout: 20 })).rejects.toThrow(CallTimeoutError)
  })

  test('use the call of a plain function that returns one', async () => {
    const plain = (n: number) => double(n)
    expect(await callAny(plain, [2])).toBe(4)
    expect(callAny(plain, [2]).runSync()).toBe(4)
    expect(() =>
      callAny(() => bridge(async () => 1)(), [])
        .start()
        .waitSync()
    ).toThrow(CannotBlockError)
  })

  test('block on functions that return calls, if these can block', () => {
    expect(callMap([double, (n: number) => n + 1], 4).runSync()).toEqual([8, 5])
  })

  test('callMap takes options for each call, in front', async () => {
    const never = bridge(() => new Promise<number>(() => {}))
    await expect(callMap({ timeout: 20 }, [never, double], 1)).rejects.toThrow(CallTimeoutError)
    expect(await callMap({ timeout: 1000 }, [double], 1)).toEqual([2])
    expect(() => callMap({ timeout: -1 }, [double], 1)).toThrow(InvalidArgumentError)
    expect(() => callMap({ timeout: 1 }, 5 as never)).toThrow(InvalidArgumentError)
  })

  test('abort the others at the first failure', async () => {
    const reasons: unknown[] = []
    const waits = bridge(
      () =>
        new Promise<never>((_, reject) => {
          const { signal } = currentTask() as { signal: AbortSignal }
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason)
            reject(signal.reason)
          })
        })
    )
    const fails = bridge(() => {
      throw new Error('failed')
    })
    await expect(callMap([waits, fails])).rejects.toThrow('failed')
    expect(reasons).toEqual([expect.any(CallAbortedError)])
  })
})
