// Gives each ES module of `dist` that has a CommonJS twin types which re-export the twin's: written twice they would be a
// third of the package, and a class would be two types in a program that meets both. Run by a package's build, in its folder.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))

/** The files that `exports` names for `import` and for `require`: what is under another name is a part of these. */
const entries = Object.values(exports)
  .filter(entry => entry.import?.types !== undefined && entry.require?.types !== undefined)
  .map(entry => ({ module: join(entry.import.types), commonjs: join(entry.require.types) }))

for (const { module, commonjs } of entries) {
  const types = readFileSync(commonjs, 'utf8')
  if (/^export (?:\{[^}]*\bdefault\b|default|=)/m.test(types))
    throw new Error(`${commonjs} has a default export, which the types of its ES module can't re-export`)
  writeFileSync(module, `export * from './${basename(commonjs).replace('.d.cts', '.cjs')}';\n`)
}

const kept = new Set(entries.map(({ module }) => module))
for (const file of readdirSync('dist', { recursive: true })) {
  const path = join('dist', file)
  const isShared = path.endsWith('.d.ts') && !kept.has(path) && existsSync(path)
  if (isShared && entries.length > 0) rmSync(path)
}
