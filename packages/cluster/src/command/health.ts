import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Worker } from '../worker/serve.js'

/** IncomingFrames health checks: `GET /health` with 200, or 503 once the worker is being stopped, and `GET /metrics` in the format of Prometheus. */
export class Health {
  readonly #server: Server
  #isLeaving = false

  constructor(worker: Worker) {
    this.#server = createServer((request, response) => {
      response.setHeader('Connection', 'close')
      if (request.url === '/metrics') {
        response.setHeader('Content-Type', 'text/plain; version=0.0.4')
        response.end(metricsOf(worker))
        return
      }
      if (request.url !== '/health' && request.url !== '/') {
        response.statusCode = 404
        response.end()
        return
      }
      response.statusCode = this.#isLeaving ? 503 : 200
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ status: this.#isLeaving ? 'leaving' : 'ok', ...worker.stats() }))
    })
  }

  /** Listens, and resolves to the port. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port)
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on reports that the worker takes no more calls. */
  leave(): void {
    this.#isLeaving = true
  }

  close(): void {
    this.#server.close()
  }
}

function metricsOf(worker: Worker): string {
  const { running, queued } = worker.stats()
  return [
    '# HELP bridge_worker_running Calls that run.',
    '# TYPE bridge_worker_running gauge',
    `bridge_worker_running ${running}`,
    '# HELP bridge_worker_queued Calls that wait for a thread.',
    '# TYPE bridge_worker_queued gauge',
    `bridge_worker_queued ${queued}`,
    ''
  ].join('\n')
}
