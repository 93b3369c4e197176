import { readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { type ModuleFormat, rollup } from 'rollup'
import { describe, expect, it, vi } from 'vitest'
import { manifest, node, packageFolder, projectOf, scratchFolder } from './project.js'

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

describe('an application in one file, its task module a separate entry,', () => {
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

  it('gets an error that names the module that was not found because it is not an entry', async () => {
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

  it.each([
    ['as ES modules', 'module', 'app.ts', 'esm'],
    ['as CommonJS, where import.meta.url has no meaning', 'commonjs', 'app-commonjs.ts', 'cjs']
  ] as const)('runs with nothing beside it %s', async (_, type, app, format) => {
    const outdir = scratchFolder()
    await byEsbuild(projectOf('project', type), app, { outdir, external: [], format })
    expect(await node(outdir, [app.replace('.ts', '.js')])).toEqual(worked)
  })

  it('runs beside files of the application that are named as those of the package', async () => {
    const outdir = scratchFolder()
    for (const name of threadFiles) writeFileSync(join(outdir, name), "throw new Error('not ours')")
    await byEsbuild(projectOf('project'), 'app.ts', { outdir, external: [] })
    expect(await node(outdir, ['app.js'])).toEqual(worked)
  })

  it('gets an error when a thread runs out of memory while it is blocked', async () => {
    const outdir = scratchFolder()
    await byEsbuild(projectOf('project'), 'app-grows.ts', {
      outdir,
      external: [],
      entryPoints: ['app-grows.ts', 'grow.ts']
    })
    const { code, stdout } = await node(outdir, ['app-grows.js'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'BRIDGE_WORKER_LOST\n' })
  })
})
