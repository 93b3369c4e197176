import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A fenced block of a README. */
export interface Snippet {
  /** The heading above it, and its position below that heading. */
  readonly name: string
  readonly language: 'ts' | 'js'
  readonly source: string
  /** The texts of its `// prints: …` comments, line by line. */
  readonly prints: string
  /**
   * The name of its file, from a first line such as `// tasks.ts`: the snippets after it can import it. A named snippet that
   * prints nothing is only imported, and not run by itself.
   */
  readonly file: string | undefined
}

/** How a process ended, and what it printed. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The `ts` and `js` blocks of a README, except those marked ```ts no-run, such as the declaration of an interface. */
export function snippetsOf(readme: URL): Snippet[] {
  return snippetsIn(readFileSync(readme, 'utf8'))
}

/** The same for the text of a page. */
export function snippetsIn(text: string): Snippet[] {
  const snippets: Snippet[] = []
  let heading = ''
  let index = 0
  const pattern =
    /^#+ (?<heading>.*)$|^```(?<language>ts|js)[ \t]*(?<flag>[\w-]*)\n(?<source>[\s\S]*?)^```$/gm
  for (const { groups = {} } of text.matchAll(pattern)) {
    if (groups.heading !== undefined) {
      heading = groups.heading
      index = 0
      continue
    }
    const { language, flag, source = '' } = groups
    if (flag === 'no-run') continue
    snippets.push({
      name: `${heading} ${++index}`,
      language: language as 'ts' | 'js',
      source,
      prints: [...source.matchAll(/\/\/ prints: (.*)$/gm)].map(([, line]) => `${line}\n`).join(''),
      file: /^\/\/ ([\w.-]+\.[cm]?[jt]s)\n/.exec(source)?.[1]
    })
  }
  return snippets
}

/** Runs each snippet in a process, in a folder inside the package, so that it can import the package by name. */
export class SnippetRunner {
  readonly #folder: string

  constructor(packageFolder: URL) {
    this.#folder = mkdtempSync(join(fileURLToPath(packageFolder), 'test', '.scratch-readme-'))
  }

  async run(snippet: Snippet): Promise<Ended> {
    const source = snippet.language === 'ts' ? stripTypes(snippet.source) : snippet.source
    // A module is written under the name that its importers use: './tasks.js' for tasks.ts.
    const file = join(this.#folder, snippet.file?.replace(/ts$/, 'js') ?? 'snippet.mjs')
    writeFileSync(file, source)
    if (snippet.file !== undefined && snippet.prints === '') return { code: 0, stdout: '', stderr: '' }
    const child = spawn(process.execPath, [file], { timeout: 50_000, env: { PATH: process.env.PATH } })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', text => (stderr += text))
    return new Promise(resolve => child.on('close', code => resolve({ code, stdout, stderr })))
  }

  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

type Esbuild = { transformSync(source: string, options: object): { code: string } }

/** esbuild comes with tsup; it lowers `using` and `await using` too, which Node 20 and 22 can't run. */
function stripTypes(source: string): string {
  const tsup = createRequire(import.meta.url).resolve('tsup')
  const esbuild = createRequire(tsup)('esbuild') as Esbuild
  const options = {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    supported: { using: false },
    keepNames: true
  }
  return esbuild.transformSync(source, options).code
}
