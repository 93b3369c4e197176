import { type Agent, get, type IncomingMessage } from 'node:http'
import type { Random } from '../random.js'

/** One request of a client, which checks its response. */
export interface Visit {
  readonly name: string
  /** Its relative frequency. */
  readonly weight: number
  readonly run: (visitor: Visitor) => Promise<void>
}

interface Answer {
  readonly status: number
  readonly text: string
}

const MAX_ROWS = 300

/** Makes the requests of one visit, with its own id. */
export class Visitor {
  readonly id: string
  readonly random: Random
  readonly #url: string
  readonly #agent: Agent

  constructor(id: string, random: Random, url: string, agent: Agent) {
    this.id = id
    this.random = random
    this.#url = url
    this.#agent = agent
  }

  /** The complete response. */
  async ask(path: string): Promise<Answer> {
    const response = await this.open(path)
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    return { status: response.statusCode ?? 0, text }
  }

  /** The response, unread. */
  open(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get(`${this.#url}/${path}`, { agent: this.#agent, headers: { 'x-request-id': this.id } }, resolve).on(
        'error',
        reject
      )
    })
  }

  /** Disconnects after `milliseconds`, whether or not there was a response. */
  leaveAfter(path: string, milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const request = get(`${this.#url}/${path}`, {
        agent: this.#agent,
        headers: { 'x-request-id': this.id }
      })
      request.on('response', response => response.resume().on('error', () => undefined))
      request.on('error', () => undefined)
      request.on('close', resolve)
      setTimeout(() => request.destroy(), milliseconds)
    })
  }
}

function same(what: string, seen: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(seen), JSON.stringify(expected)]
  if (is !== should) throw new Error(`${what} is ${is?.slice(0, 300)} and should be ${should.slice(0, 300)}`)
}

async function answered(visitor: Visitor, path: string, expected: object): Promise<void> {
  const { status, text } = await visitor.ask(path)
  same('the status', status, 200)
  same('the answer', JSON.parse(text), expected)
}

async function refused(visitor: Visitor, path: string, expected: number): Promise<string> {
  const { status, text } = await visitor.ask(path)
  same('the status', status, expected)
  if (/SECRET|\n\s+at /.test(text)) throw new Error(`the response reveals internals: ${text}`)
  return text
}

function rowsOf(visitor: Visitor, count: number, more: object = {}): object[] {
  return Array.from({ length: count }, (_, n) => ({ n, id: visitor.id, ...more }))
}

export const visits: readonly Visit[] = [
  {
    name: 'a value',
    weight: 30,
    run: visitor => {
      const n = visitor.random.from(0, 1e6)
      return answered(visitor, `twice?n=${n}`, { id: visitor.id, twice: n * 2 })
    }
  },
  {
    name: 'a value behind a guard',
    weight: 10,
    run: visitor => {
      const { id } = visitor
      return answered(visitor, 'guarded?n=4', { id, twice: 8, here: id, after: id })
    }
  },
  {
    name: 'work',
    weight: 3,
    run: visitor => answered(visitor, `spin?n=${visitor.random.from(1, 15)}`, { id: visitor.id })
  },
  {
    name: 'rows',
    weight: 8,
    run: async visitor => {
      const count = visitor.random.from(0, MAX_ROWS)
      const { status, text } = await visitor.ask(`rows?n=${count}`)
      same('the status', status, 200)
      const lines = text.split('\n').filter(line => line !== '')
      same(
        'the rows',
        lines.map(line => JSON.parse(line)),
        rowsOf(visitor, count)
      )
    }
  },
  {
    name: "a handler's own generator",
    weight: 5,
    run: visitor => {
      const count = visitor.random.from(0, MAX_ROWS)
      return answered(visitor, `handled?n=${count}`, rowsOf(visitor, count, { here: visitor.id }))
    }
  },
  {
    name: 'events',
    weight: 5,
    run: async visitor => {
      const count = visitor.random.from(1, 30)
      const { status, text } = await visitor.ask(`events?n=${count}`)
      same('the status', status, 200)
      const data = [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? ''))
      same('the events', data, rowsOf(visitor, count))
    }
  },
  {
    name: 'a stream that is left',
    weight: 8,
    run: visitor =>
      visitor.leaveAfter(visitor.random.oneOf(['endless', 'events?n=1e9']), visitor.random.from(0, 60))
  },
  {
    name: 'a call that is left',
    weight: 8,
    run: visitor =>
      visitor.leaveAfter(
        visitor.random.oneOf(['waiting', 'guarded?n=1', 'spin?n=20']),
        visitor.random.from(0, 30)
      )
  },
  { name: 'a deadline', weight: 4, run: async visitor => void (await refused(visitor, 'late', 504)) },
  {
    name: "a task's exception",
    weight: 4,
    run: async visitor => {
      same(
        'the message',
        JSON.parse(await refused(visitor, 'conflict', 409)).message,
        `taken by ${visitor.id}`
      )
    }
  },
  { name: "a task's error", weight: 2, run: async visitor => void (await refused(visitor, 'fail', 500)) },
  {
    name: 'the end of a thread',
    weight: 1,
    run: async visitor => void (await refused(visitor, 'exit', 503))
  },
  {
    name: 'a value beside the ends of threads',
    weight: 5,
    run: async visitor => {
      const { status, text } = await visitor.ask('wild?n=21')
      if (status === 503) return
      same('the status', status, 200)
      same('the answer', JSON.parse(text), { id: visitor.id, twice: 42 })
    }
  }
]
