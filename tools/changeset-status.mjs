// Fails if a package changed and no changeset describes it. On a branch the comparison is with main;
// on main itself with the last release, or with the first commit before there is a release.
import { spawnSync } from 'node:child_process'

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : ''
}

const head = git('rev-parse', 'HEAD')
const main = ['origin/main', 'main'].find(ref => {
  const commit = git('rev-parse', '--verify', '--quiet', ref)
  return commit && commit !== head && git('merge-base', ref, 'HEAD') !== head
})
const release = git('describe', '--tags', '--abbrev=0', '--match', '@bridge/*')
const since = main || release || git('rev-list', '--max-parents=0', 'HEAD').split('\n')[0]

if (!since) console.log('changeset status: no commit to compare with')
else {
  console.log(`changeset status --since=${since}`)
  const { status } = spawnSync('changeset', ['status', `--since=${since}`], { stdio: 'inherit' })
  process.exitCode = status ?? 1
}
