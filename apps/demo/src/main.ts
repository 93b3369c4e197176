import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { AppModule } from './app.module.js'
import { fleet } from './cluster/machines.js'
import { makeDataFolder, removeDataFolder } from './flights/data.js'
import { FlightTasks } from './flights/flight-tasks.js'

const port = Number(process.env.PORT || 3000)
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  exitWith(`PORT must be a whole number from 0 to 65535, and is ${process.env.PORT}.`)
}

// From now on the folder is removed at any end of the process.
makeDataFolder()
process.once('exit', removeDataFolder)

const app = await NestFactory.create<NestFastifyApplication>(
  AppModule,
  // Ctrl-C ends the streams of clients that are still reading; their generators stop as at any disconnect.
  new FastifyAdapter({ forceCloseConnections: true }),
  { logger: ['error', 'warn'] }
)

// Closing is enough: nothing keeps the process alive after it. A second signal ends it at once, as by default in Node. While
// the flights are being loaded, the loop below must release SQLite first.
let isLoading = true
let isStopping = false
const stop = (): void => {
  process.off('SIGINT', stop)
  process.off('SIGTERM', stop)
  isStopping = true
  if (!isLoading) void close()
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)

const description = new DocumentBuilder()
  .setTitle('flights')
  .setDescription('200,000 flights in SQLite, queried in worker threads')
  .build()
SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, description))

await fleet?.start(Number(process.env.WORKERS) || 2)

for await (const { done, total } of app.get(FlightTasks).load()) {
  process.stdout.write(`\rLoading flights into SQLite: ${done} of ${total}`)
  if (done === total || isStopping) process.stdout.write('\n')
  if (isStopping) break
}
isLoading = false

if (isStopping) await close()
else {
  const host = process.env.HOST || '127.0.0.1'
  await app.listen(port, host).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    exitWith(`Port ${port} is taken. Choose another one: PORT=3001 npx --yes pnpm@12.21.0 demo`)
  })
  announce(`http://localhost:${new URL(await app.getUrl()).port || 80}`)
}

async function close(): Promise<void> {
  await app.close()
  await fleet?.close()
}

function exitWith(why: string): never {
  console.error(why)
  process.exit(1)
}

function announce(url: string): void {
  console.log(`
flights is listening on ${url}

  ${url}/       what it does to the event loop, live
  ${url}/docs   the API

  curl '${url}/delays?by=hour'             delays by hour, worked out off the event loop
  curl '${url}/delays?by=hour&inline=true' the same function on the event loop
  curl '${url}/flights?minDelay=60'        every late flight, streamed from a worker
  curl '${url}/slow?timeout=200'           work that never ends: 504, and a new thread

Ctrl-C ends it.`)
}
