import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { type ModuleFormat, rollup } from 'rollup'
import { describe, expect, it, vi } from 'vitest'
import { install, manifest, node, packageFolder, projectOf, scratchFolder } from './project.js'

// What it starts are whole tools, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 })

const worked = { code: 0, stdout: 'abcdef HELLO YOU! HELLO HER! HELLO HIM!\n', stderr: '' }

/** The application and its task module, each in one file, in `out`; @bridge/* is left where it is. */
async function byEsbuild(folder: string, app: string, options: BuildOptions = {}): Promise<string> {
  await build({
    absWorkingDir: folder,
    entryPoints: [app, 'tasks.ts'],
    outdir: 'out',
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['@bridge/*'],
    logLevel: 'silent',
    ...options
  })
  manifest(resolve(folder, options.outdir ?? 'out'), options.format === 'cjs' ? 'commonjs' : 'module')
  return `out/${app.replace('.ts', '.js')}`
}

/** The same by rollup, which reads JavaScript only. */
async function byRollup(folder: string, app: string, format: ModuleFormat): Promise<string> {
  const entryPoints = [app, 'check.ts', 'tasks.ts', 'text.ts']
  await build({ absWorkingDir: folder, entryPoints, outdir: 'stripped', logLevel: 'silent' })
  const input = [app, 'tasks.ts'].map(file => join(folder, 'stripped', file.replace('.ts', '.js')))
  const bundle = await rollup({ input, external: [/^node:/, /^@bridge\//] })
  await bundle.write({ dir: join(folder, 'out'), format })
  await bundle.close()
  manifest(join(folder, 'out'), format === 'cjs' ? 'commonjs' : 'module')
  return `out/${app.replace('.ts', '.js')}`
}

describe('an application in one file, its task module an entry of its own,', () => {
  it('runs when esbuild made ES modules of it', async () => {
    const folder = projectOf('project')
    expect(await node(folder, [await byEsbuild(folder, 'app.ts')])).toEqual(worked)
  })

  it('runs when esbuild made CommonJS of it', async () => {
    const folder = projectOf('project', 'commonjs')
    const file = await byEsbuild(folder, 'app-commonjs.ts', { format: 'cjs' })
    expect(await node(folder, [file])).toEqual(worked)
  })

  it('runs when rollup made ES modules of it', async () => {
    const folder = projectOf('project')
    expect(await node(folder, [await byRollup(folder, 'app.ts', 'es')])).toEqual(worked)
  })

  it('runs when rollup made CommonJS of it', async () => {
    const folder = projectOf('project', 'commonjs')
    expect(await node(folder, [await byRollup(folder, 'app-commonjs.ts', 'cjs')])).toEqual(worked)
  })

  it('is told which module was not found when that is no entry', async () => {
    const folder = projectOf('project')
    const file = await byEsbuild(folder, 'app.ts', { entryPoints: ['app.ts'] })
    const { code, stderr } = await node(folder, [file])
    expect(code).toBe(1)
    expect(stderr).toMatch(/TaskNotFoundError: the module file:.*out\/tasks\.js could not be loaded/)
  })
})

describe('an application with @bridge/pool in its one file', () => {
  const dist = join(packageFolder('@bridge/pool'), 'dist')
  const threadFiles = readdirSync(dist).filter(name => /^(?!index).*\.cjs$/.test(name))

  /** Where the application is put, with all that it needs from elsewhere: synckit alone. */
  function target(files: readonly string[]): string {
    const folder = scratchFolder()
    install(folder, 'synckit')
    for (const name of files) cpSync(join(dist, name), join(folder, name))
    return folder
  }

  it("runs with the package's files for threads beside it", async () => {
    const outdir = target(threadFiles)
    await byEsbuild(projectOf('project'), 'app.ts', { outdir, external: [] })
    expect(await node(outdir, ['app.js'])).toEqual(worked)
  })

  it('runs as CommonJS, too, where import.meta.url is given its meaning', async () => {
    const outdir = target(threadFiles)
    await byEsbuild(projectOf('project', 'commonjs'), 'app-commonjs.ts', {
      outdir,
      external: [],
      format: 'cjs',
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href" }
    })
    expect(await node(outdir, ['app-commonjs.js'])).toEqual(worked)
  })

  it('is told at its first call when they are missing', async () => {
    const outdir = target([])
    await byEsbuild(projectOf('project'), 'app.ts', { outdir, external: [] })
    const { code, stderr } = await node(outdir, ['app.js'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/WorkerLostError: letters\(\) ended .* Cannot find module '.*thread\.cjs'/)
  })

  it('finds all of them named in the README', () => {
    const readme = readFileSync(join(dist, '..', 'README.md'), 'utf8')
    expect(threadFiles.filter(name => !readme.includes(name))).toEqual([])
  })
})
