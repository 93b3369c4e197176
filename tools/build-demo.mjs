// Builds only what the demo needs, so that it starts soon: the cluster only when there is a server to call over.
import { spawnSync } from 'node:child_process'

const { NATS_URL, REDIS_URL } = process.env
const filters = ['--filter=@bridge/demo', ...(NATS_URL || REDIS_URL ? ['--filter=@bridge/cluster'] : [])]
const { status } = spawnSync('pnpm', ['run', '--silent', 'build', ...filters], {
  stdio: 'inherit',
  shell: process.platform === 'win32'
})
process.exitCode = status ?? 1
