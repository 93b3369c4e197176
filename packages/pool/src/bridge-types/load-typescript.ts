import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type ts from 'typescript'
import { Refusal } from './refusal.js'

export type TypeScript = typeof ts

const WANTED = 'bridge-types needs TypeScript 5.9 or 6'
const INSTALL = 'npm install --save-dev typescript@6'
const ELSEWHERE = 'npx -p typescript@6 -p @bridge/pool bridge-types'

/** The compiler of the project that `folder` belongs to, or else the one that is installed with this package. */
export function loadTypeScript(folder: string): TypeScript {
  let refused: string | undefined
  for (const place of [join(folder, 'tasks.ts'), import.meta.url]) {
    const require = createRequire(place)
    const manifest = resolved(require, 'typescript/package.json')
    if (manifest === undefined) continue
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    const why = refusalOf(version)
    if (why === undefined) return require('typescript') as TypeScript
    refused ??= `${WANTED}, and ${dirname(manifest)} is TypeScript ${version}${why}`
  }
  throw new Refusal(refused ?? `${WANTED}, and none is installed: ${INSTALL}`)
}

function refusalOf(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major >= 7) {
    return `, which has no stable compiler API. Install one that has: ${INSTALL}. A project that stays with 7 runs: ${ELSEWHERE}`
  }
  return major < 5 || (major === 5 && minor < 9) ? `: ${INSTALL}` : undefined
}

function resolved(require: NodeJS.Require, specifier: string): string | undefined {
  try {
    return require.resolve(specifier)
  } catch {
    return undefined
  }
}
