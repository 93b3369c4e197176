import {
  CallTimeoutError,
  ExecutorClosedError,
  InvalidArgumentError,
  QueueFullError,
  WorkerLostError
} from '@bridge/core'
import { ClientClosedRequestException, toHttpException } from '@bridge/nest'
import { BadRequestException, type HttpException } from '@nestjs/common'
import { describe, expect, test } from 'vitest'

/** As an exception arrives from a worker: its name and its own properties, and none of its classes. */
const fromWorker = (name: string, parts: object) => Object.assign(new Error('thrown there'), { name }, parts)

describe('toHttpException', () => {
  test.each([
    [504, new CallTimeoutError('late', 10)],
    [503, new QueueFullError('full')],
    [503, new ExecutorClosedError('closed')],
    [503, new WorkerLostError('lost')]
  ])('answers %i for a %s, and keeps it as the cause', (status, error) => {
    const exception = toHttpException(error) as HttpException
    expect(exception.getStatus()).toBe(status)
    expect(exception.cause).toBe(error)
  })

  test('restores an exception that a worker threw', () => {
    const error = fromWorker('ImATeapotException', { status: 418, response: { message: 'short and stout' } })
    const exception = toHttpException(error) as HttpException
    expect(exception.getStatus()).toBe(418)
    expect(exception.getResponse()).toEqual({ message: 'short and stout' })
    expect(exception.cause).toBe(error)
  })

  test.each([
    [
      "another library's error with a status and a response",
      fromWorker('AxiosError', { status: 404, response: {} })
    ],
    ['an exception with a status that is none', fromWorker('OddException', { status: 42, response: 'x' })],
    ['an exception without a response', fromWorker('OddException', { status: 404 })],
    ['a mistake in the application', new InvalidArgumentError('mistake')],
    ['an exception of Nest', new BadRequestException()],
    ['a value that is no error', 'thrown']
  ])('leaves %s as it is', (_, error) => {
    expect(toHttpException(error)).toBe(error)
  })
})

test('a client that went away has status 499', () => {
  const cause = new Error('reason')
  const exception = new ClientClosedRequestException(cause)
  expect([exception.getStatus(), exception.cause]).toEqual([499, cause])
})
