// How changesets are written into a CHANGELOG.md: as they are, without the commits that added them.

/** One change: its first line begins the entry, the others are indented below it. */
async function getReleaseLine({ summary }) {
  const [first, ...others] = summary.split('\n').map(line => line.trimEnd())
  const indented = others.map(line => (line === '' ? '' : `  ${line}`))
  return ['', `- ${first}`, ...indented].join('\n')
}

/** What a release brings for those that depend on the package; an empty text leaves it out. */
async function getDependencyReleaseLine(_changesets, updated) {
  if (updated.length === 0) return ''
  return ['- Depends on:', ...updated.map(({ name, newVersion }) => `  - ${name}@${newVersion}`)].join('\n')
}

module.exports = { getReleaseLine, getDependencyReleaseLine }
