import * as core from '@bridge/core'
import { BridgeError, CallTimeoutError } from '@bridge/core'
import * as author from '@bridge/core/executor'
import { describe, expect, test } from 'vitest'

const { CallAbortedError, DeadlockError, CannotBlockError, QueueFullError, WorkerLostError } = core
const { NotCloneableError, TaskNotFoundError, ExecutorClosedError, DisposedError, InvalidArgumentError } =
  core

const CLASSES = [
  ['CallTimeoutError', CallTimeoutError, 'BRIDGE_TIMEOUT', 'CallTimeoutError'],
  ['CallAbortedError', CallAbortedError, 'BRIDGE_ABORTED', 'AbortError'],
  ['DeadlockError', DeadlockError, 'BRIDGE_DEADLOCK', 'DeadlockError'],
  ['CannotBlockError', CannotBlockError, 'BRIDGE_CANNOT_BLOCK', 'CannotBlockError'],
  ['QueueFullError', QueueFullError, 'BRIDGE_QUEUE_FULL', 'QueueFullError'],
  ['WorkerLostError', WorkerLostError, 'BRIDGE_WORKER_LOST', 'WorkerLostError'],
  ['NotCloneableError', NotCloneableError, 'BRIDGE_NOT_CLONEABLE', 'NotCloneableError'],
  ['TaskNotFoundError', TaskNotFoundError, 'BRIDGE_TASK_NOT_FOUND', 'TaskNotFoundError'],
  ['ExecutorClosedError', ExecutorClosedError, 'BRIDGE_CLOSED', 'ExecutorClosedError'],
  ['DisposedError', DisposedError, 'BRIDGE_DISPOSED', 'DisposedError'],
  ['InvalidArgumentError', InvalidArgumentError, 'BRIDGE_INVALID_ARGUMENT', 'InvalidArgumentError']
] as const

describe.each(CLASSES)('%s', (_, Class, code, name) => {
  const error = new Class('message')

  test('has its code, its name and its message', () => {
    expect([error.code, error.name, error.message]).toEqual([code, name, 'message'])
    expect(String(error)).toBe(`${name}: message`)
    expect(error.stack).toContain('errors.test.ts')
  })

  test('is an Error, a BridgeError and no other class of bridge', () => {
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(BridgeError)
    expect(CLASSES.filter(([, Other]) => error instanceof Other).map(([other]) => other)).toEqual([_])
  })

  test('crosses the wire as itself, also for another copy of the package', () => {
    const arrived = author.decodeThrown(structuredClone(author.encodeThrown(error)))
    expect(arrived).toBeInstanceOf(Class)
    expect(arrived).toMatchObject({ code, name, message: 'message' })
  })
})

test('a subclass of a user keeps its own meaning of instanceof', () => {
  class Mine extends CallTimeoutError {}
  expect(new Mine('x')).toBeInstanceOf(Mine)
  expect(new Mine('x')).toBeInstanceOf(CallTimeoutError)
  expect(new CallTimeoutError('x')).not.toBeInstanceOf(Mine)
})

test.each([undefined, null, 1, 'text', {}, new Error('x'), () => {}])('%s is not a BridgeError', value => {
  expect(value instanceof BridgeError).toBe(false)
})
