import {
  CallTimeoutError,
  ExecutorClosedError,
  InvalidArgumentError,
  QueueFullError,
  WorkerLostError
} from '@bridge/core'
import { decodeThrown, type EncodedError, encodeThrown } from '@bridge/core/executor'
import { ClientClosedRequestException, toHttpException } from '@bridge/nest'
import { BadRequestException, ConflictException, HttpException } from '@nestjs/common'
import { describe, expect, test } from 'vitest'

/** An error as it arrives from a worker, when its class is unknown to the caller. */
const fromWorker = (error: Error): unknown => {
  const encoded = encodeThrown(error) as { error: EncodedError }
  return decodeThrown(structuredClone({ others: [], error: { ...encoded.error, ...unknown(encoded.error) } }))
}
/** In the worker Nest's class is a different one, which only has the same name. */
const unknown = ({ classes }: EncodedError) => ({ classes: classes.map(([name]) => [name as string]) })

class DbException extends Error {
  override readonly name = 'DbException'
  readonly options = undefined
  constructor(
    readonly status: number,
    readonly response: unknown
  ) {
    super('the database said no')
  }
}

const libraries = {
  HttpException: class HttpException extends Error {
    readonly status = 404
    readonly response = { host: '10.0.0.7' }
  }
}

const ofAws = {
  ConflictException: class ConflictException extends Error {
    readonly status = 409
    readonly response = { host: '10.0.0.7' }
    readonly options = {}
  }
}

class TeapotException extends HttpException {
  constructor() {
    super({ message: 'short and stout' }, 418)
  }
}

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

  test.each([
    ['of the application is one of the nearest class of Nest', new TeapotException(), HttpException, 418],
    ['of Nest is one of its class', new ConflictException('taken'), ConflictException, 409],
    ['that is a plain HttpException is one', new HttpException('busy', 423), HttpException, 423]
  ])('an exception that a worker threw, and that is %s', (_, thrown, Class, status) => {
    const error = fromWorker(thrown) as HttpException
    expect(error).not.toBe(thrown)
    expect(error.constructor).toBe(Class)
    expect([error.getStatus(), error.getResponse()]).toEqual([status, thrown.getResponse()])
    expect(toHttpException(error)).toBe(error)
  })

  test.each([
    ['extends nothing of Nest', fromWorker(new ofAws.ConflictException('taken'))],
    ['has no status of HTTP', fromWorker(new HttpException('x', 42))],
    ['has none of the fields of Nest', fromWorker(new libraries.HttpException('x'))]
  ])('an error that has the name of one of Nest and %s is none', (_, error) => {
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(HttpException)
  })

  test.each([
    [
      "a database's exception with a status and a response",
      fromWorker(new DbException(404, { host: '10.0.0.7' }))
    ],
    ['an exception with a status that is none', fromWorker(new HttpException('x', 42))],
    ['a library’s exception of the same name', fromWorker(new libraries.HttpException('x'))],
    ['a mistake in the application', new InvalidArgumentError('mistake')],
    ['an exception of Nest', new BadRequestException()],
    ['a value that is no error', 'thrown']
  ])('leaves %s as it is', (_, error) => {
    expect(toHttpException(error)).toBe(error)
  })
})

test('a client that has disconnected has status 499', () => {
  const cause = new Error('reason')
  const exception = new ClientClosedRequestException(cause)
  expect([exception.getStatus(), exception.cause]).toEqual([499, cause])
})
