// Replaces the npm scope @bridge by another one, and the repository address of package.json by another one,
// in every tracked file:
//   pnpm rename-scope @yours https://github.com/you/yours
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const [scope, repository] = process.argv.slice(2)
if (
  !/^@[a-z\d~-][a-z\d._~-]*$/.test(scope ?? '') ||
  !/^https:\/\/[\w.-]+\/\S+[^/.]$/.test(repository ?? '')
) {
  console.error('usage: pnpm rename-scope @yours https://github.com/you/yours')
  process.exit(2)
}

const oldRepository = JSON.parse(readFileSync('package.json', 'utf8')).repository.url.replace(
  /^git\+|\.git$/g,
  ''
)

const { stdout } = spawnSync('git', ['ls-files', '-z'], { encoding: 'utf8' })
let count = 0
for (const file of stdout.split('\0').filter(name => name !== '' && name !== 'tools/rename-scope.mjs')) {
  const bytes = readFileSync(file)
  // Pictures and the like.
  if (bytes.includes(0)) continue
  const text = bytes.toString()
  const renamed = text.replaceAll(oldRepository, repository).replaceAll(/@bridge(?![\w-])/g, scope)
  if (renamed === text) continue
  writeFileSync(file, renamed)
  count++
}
console.log(`${count} files changed; now: pnpm install, pnpm format, .ci/run`)
