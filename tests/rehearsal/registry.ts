import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { outsideOfNpm } from '../environment.js'
import { command } from './command.js'

/** The last release that runs on Node 20. It names a dependency by a tag, which a mirror of npm's registry may not have. */
const MANIFEST = {
  private: true,
  dependencies: { verdaccio: '6.8.0' },
  overrides: { 'node-fetch': '2.7.0' }
}

/** Milliseconds that it may take to start. */
const STARTS = 60_000

/** A registry on this machine alone: ours are published to it, and all else comes from npm's by way of it. */
export interface Registry extends AsyncDisposable {
  readonly url: string
  /** The settings of npm and pnpm by which one may publish to it. */
  readonly npmrc: string
}

/** Starts one that keeps everything in `folder`. */
export async function startRegistry(folder: string): Promise<Registry> {
  const program = join(folder, 'verdaccio')
  mkdirSync(program, { recursive: true })
  writeFileSync(join(program, 'package.json'), JSON.stringify(MANIFEST))
  await command(program, {}, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/`
  const uplink = (await command(folder, {}, 'npm', 'config', 'get', 'registry')).trim()
  const config = join(folder, 'verdaccio.yaml')
  writeFileSync(config, settings(join(folder, 'storage'), uplink))
  const npmrc = `registry=${url}\n//127.0.0.1:${port}/:_authToken=rehearsal\n`
  const child = spawn(
    process.execPath,
    [join(program, 'node_modules/verdaccio/bin/verdaccio'), '--config', config, '--listen', url],
    { cwd: folder, env: outsideOfNpm, stdio: ['ignore', 'pipe', 'pipe'] }
  )
  let said = ''
  child.stdout.on('data', text => (said += text))
  child.stderr.on('data', text => (said += text))
  const ended = once(child, 'close')
  await answering(url, () => (child.exitCode === null ? undefined : said))
  return {
    url,
    npmrc,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    }
  }
}

function settings(storage: string, uplink: string): string {
  return `
storage: ${storage}
web: { enable: false }
auth: { htpasswd: { file: ${storage}/htpasswd, max_users: -1 } }
uplinks: { npm: { url: ${uplink}, maxage: 30m, timeout: 60s } }
packages:
  '@bridge/*': { access: $all, publish: $all, unpublish: $all }
  '**': { access: $all, proxy: npm }
server: { keepAliveTimeout: 60 }
max_body_size: 20mb
log: { type: stdout, format: pretty, level: warn }
`
}

/** Waits until it answers; `failed` gives what it printed where it has ended instead. */
async function answering(url: string, failed: () => string | undefined): Promise<void> {
  const until = performance.now() + STARTS
  for (;;) {
    const answer = await fetch(`${url}-/ping`).catch(() => undefined)
    if (answer?.ok === true) return
    const said = failed()
    if (said !== undefined) throw new Error(`the registry has ended:\n${said}`)
    if (performance.now() > until) throw new Error(`the registry does not answer after ${STARTS} ms`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
