// Packs every package as it would be published, and runs publint and are-the-types-wrong on the tarball.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'bridge-check-'))
let failed = false

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  failed = true
  console.error(`${command} ${args.join(' ')}\n${stdout}${stderr}`)
}

try {
  run('pnpm', '--filter', './packages/*', 'pack', '--pack-destination', folder)
  const tarballs = readdirSync(folder)
  if (tarballs.length === 0) failed = true
  for (const file of tarballs) {
    const tarball = join(folder, file)
    run('publint', 'run', tarball, '--strict')
    // node10 knows no "exports"; every Node this runs on does.
    run('attw', tarball, '--profile', 'node16')
  }
  console.log(`publint, attw: ${tarballs.length} packages ${failed ? 'checked, with problems' : 'fine'}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = failed ? 1 : 0
