import { MessageChannel } from 'node:worker_threads'
import { InvalidArgumentError } from '@bridge/core'
import { takeTransfers, transfer } from '@bridge/core/executor'
import { describe, expect, it } from 'vitest'

describe('transfer()', () => {
  it('returns the value unchanged', () => {
    const bytes = new Uint8Array(8)
    expect(transfer(bytes, [bytes.buffer])).toBe(bytes)
    expect(bytes.byteLength).toBe(8)
  })

  it('marks for one sending', () => {
    const bytes = transfer(new Uint8Array(8), [])
    const { port1, port2 } = new MessageChannel()
    transfer(bytes, [bytes.buffer, port1])
    expect(takeTransfers([1, bytes, 'text'])).toEqual([bytes.buffer, port1])
    expect(takeTransfers([bytes])).toBeUndefined()
    port2.close()
  })

  it('lists a buffer that two values share once', () => {
    const { buffer } = new Uint8Array(8)
    const [head, tail] = [new Uint8Array(buffer, 0, 4), new Uint8Array(buffer, 4)]
    expect(takeTransfers([transfer(head, [buffer]), transfer(tail, [buffer])])).toEqual([buffer])
  })

  const bytes = new Uint8Array(4)
  const detached = new ArrayBuffer(4)
  structuredClone(detached, { transfer: [detached] })
  it.each([
    ['a value that is no object', 42, [], /value must be an object, got 42/],
    ['a list that is none', bytes, bytes.buffer, /list must be an array/],
    ['a view', bytes, [bytes], /list\[0\] must be something that can be moved.*Uint8Array it is its buffer/],
    ['shared memory', bytes, [new SharedArrayBuffer(4)], /list\[0\].*SharedArrayBuffer/],
    ['plain data', bytes, [bytes.buffer, { a: 1 }], /list\[1\].*\{ a: 1 \}/],
    ['nothing', bytes, [undefined], /list\[0\].*undefined/],
    ['what was moved before', bytes, [detached], /list\[0\].*detached/],
    ['one thing twice', bytes, [bytes.buffer, bytes.buffer], /list\[1\] is there twice/]
  ])('refuses %s, at the call', (_, value, list, message) => {
    const act = (): unknown => transfer(value as never, list as never)
    expect(act).toThrow(InvalidArgumentError)
    expect(act).toThrow(message)
  })
})
