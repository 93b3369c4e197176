import { readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyFixture, emptyFolder, node, projectWith, run, write } from './project.js'

const worked = {
  code: 0,
  stdout: 'abcdef HELLO YOU! HELLO HER! HELLO HIM! Ada Refusal REFUSED\n',
  stderr: ''
}

let folder: string
let built = 0

beforeAll(async () => {
  folder = await projectWith(
    {
      '@rollup/plugin-commonjs': '29.0.3',
      '@rollup/plugin-node-resolve': '16.0.3',
      '@rspack/core': '2.3.3',
      '@vercel/ncc': '0.45.0',
      esbuild: '0.27.7',
      rollup: '4.68.7',
      // A common tool, which a bundler must not take in.
      tsx: '4.23.15',
      vite: '8.3.8',
      webpack: '5.113.0'
    },
    { type: 'module' }
  )
  copyFixture('bundled', folder)
})

/** Builds by a script of the project, with the output in the given folder. */
async function build(script: (out: string) => string): Promise<string> {
  const out = `out-${++built}`
  const file = `build-${built}.mjs`
  write(folder, { [file]: script(out) })
  const { code, stdout, stderr } = await node(folder, file)
  if (code !== 0) throw new Error(`the build failed: ${stdout}${stderr}`)
  return join(folder, out)
}

/** Only the folder, without installed packages. */
function moved(out: string): string {
  const target = join(emptyFolder(), 'moved')
  renameSync(out, target)
  return target
}

const manifest = (type: 'module' | 'commonjs'): string =>
  `;(await import('node:fs')).writeFileSync(out + '/package.json', '{ "type": "${type}" }')`

interface Esbuild {
  readonly app: string
  readonly format: 'esm' | 'cjs'
  readonly more?: string
}

const esbuild =
  ({ app, format, more = '' }: Esbuild) =>
  (out: string): string =>
    `
    import { build } from 'esbuild'
    const out = '${out}'
    await build({
      entryPoints: ['${app}.js', 'tasks.js'], outdir: out, bundle: true, platform: 'node', format: '${format}',
      logOverride: { 'empty-import-meta': 'silent' }, ${more}
    })
    ${manifest(format === 'esm' ? 'module' : 'commonjs')}`

const rollup =
  (app: string, format: 'es' | 'cjs', isInside: boolean) =>
  (out: string): string =>
    `
    import { rollup } from 'rollup'
    import commonjs from '@rollup/plugin-commonjs'
    import resolve from '@rollup/plugin-node-resolve'
    const out = '${out}'
    const bundle = await rollup({
      input: ['${app}.js', 'tasks.js'],
      ${isInside ? 'plugins: [resolve({ preferBuiltins: true }), commonjs()], external: [/^node:/]' : 'external: [/^node:/, /^@bridge\\//]'}
    })
    await bundle.write({ dir: out, format: '${format}' })
    await bundle.close()
    ${manifest(format === 'es' ? 'module' : 'commonjs')}`

const vite =
  (isInside: boolean, app = 'app') =>
  (out: string): string =>
    `
    import { build } from 'vite'
    const out = '${out}'
    await build({
      logLevel: 'error',
      ${isInside ? 'ssr: { noExternal: true },' : ''}
      build: {
        ssr: true, outDir: out, target: 'node20', minify: false,
        rollupOptions: { input: ['${app}.js', 'tasks.js'], output: { entryFileNames: '[name].js' } }
      }
    })
    ${manifest('module')}`

/** For webpack and rspack, whose configurations are the same. */
const packed =
  (name: 'webpack' | '@rspack/core', app: string, format: 'es' | 'cjs', isInside: boolean) =>
  (out: string): string =>
    `
    import { promisify } from 'node:util'
    import pack from '${name}'
    const out = '${out}'
    const isModule = ${format === 'es'}
    const kind = isModule ? 'module ' : 'commonjs '
    const outside = ({ request }, done) => (/^@bridge/.test(request) ? done(null, kind + request) : done())
    const bundle = pack.rspack ?? pack
    const stats = await promisify(done => bundle({
      mode: 'production',
      target: 'node20',
      context: import.meta.dirname,
      entry: { app: './${app}.js', tasks: './tasks.js' },
      externals: ${isInside ? '[]' : '[outside]'},
      node: { __dirname: false },
      experiments: isModule ? { outputModule: true } : {},
      module: isModule ? { parser: { javascript: { importMeta: false } } } : {},
      output: {
        path: import.meta.dirname + '/' + out,
        filename: '[name].js',
        library: { type: isModule ? 'module' : 'commonjs2' },
        ...(isModule ? { module: true, chunkFormat: 'module' } : {})
      }
    }, done))()
    if (stats.hasErrors()) throw new Error(stats.toString())
    ${manifest(format === 'es' ? 'module' : 'commonjs')}`

describe('the package outside of a bundle of the application', () => {
  it.each([
    [
      'esbuild, ES modules',
      'app.js',
      esbuild({ app: 'app', format: 'esm', more: "external: ['@bridge/*']" })
    ],
    [
      'esbuild, CommonJS',
      'app-by-path.js',
      esbuild({ app: 'app-by-path', format: 'cjs', more: "external: ['@bridge/*']" })
    ],
    ['rollup, ES modules', 'app.js', rollup('app', 'es', false)],
    ['rollup, CommonJS', 'app-by-path.js', rollup('app-by-path', 'cjs', false)],
    ['vite for a server', 'app.js', vite(false)],
    ['webpack, ES modules', 'app.js', packed('webpack', 'app-unseen', 'es', false)],
    ['webpack, CommonJS', 'app.js', packed('webpack', 'app-by-path', 'cjs', false)],
    ['rspack, ES modules', 'app.js', packed('@rspack/core', 'app-unseen', 'es', false)],
    ['rspack, CommonJS', 'app.js', packed('@rspack/core', 'app-by-path', 'cjs', false)]
  ])('works by %s', async (_, app, script) => {
    expect(await node(folder, join(await build(script), app))).toEqual(worked)
  })
})

describe('the package inside of a bundle, in one folder that is moved away from all that is installed', () => {
  it.each([
    ['esbuild, ES modules', 'app.js', esbuild({ app: 'app', format: 'esm' })],
    ['esbuild, ES modules, split', 'app.js', esbuild({ app: 'app', format: 'esm', more: 'splitting: true' })],
    ['esbuild, ES modules, minified', 'app.js', esbuild({ app: 'app', format: 'esm', more: 'minify: true' })],
    ['esbuild, CommonJS', 'app-by-path.js', esbuild({ app: 'app-by-path', format: 'cjs' })],
    [
      'esbuild, CommonJS, minified',
      'app-by-path.js',
      esbuild({ app: 'app-by-path', format: 'cjs', more: 'minify: true' })
    ],
    ['rollup, ES modules', 'app.js', rollup('app', 'es', true)],
    ['rollup, CommonJS', 'app-by-path.js', rollup('app-by-path', 'cjs', true)],
    ['vite for a server', 'app.js', vite(true)],
    ['webpack, ES modules', 'app.js', packed('webpack', 'app-unseen', 'es', true)],
    ['webpack, CommonJS', 'app.js', packed('webpack', 'app-by-path', 'cjs', true)],
    ['rspack, ES modules', 'app.js', packed('@rspack/core', 'app-unseen', 'es', true)],
    ['rspack, CommonJS', 'app.js', packed('@rspack/core', 'app-by-path', 'cjs', true)]
  ])('works by %s', async (_, app, script) => {
    const target = moved(await build(script))
    expect(await node(target, app)).toEqual(worked)
    // No other file of the package was copied.
    expect(
      readdirSync(target).filter(name => /thread|loop|watcher|d\.c?ts$|\.map$|README/.test(name))
    ).toEqual([])
  })

  it.each([
    ['esbuild, split', esbuild({ app: 'app-named-once', format: 'esm', more: 'splitting: true' })],
    [
      'esbuild, split and minified',
      esbuild({ app: 'app-named-once', format: 'esm', more: 'splitting: true, minify: true' })
    ],
    ['rollup', rollup('app-named-once', 'es', true)],
    ['vite for a server', vite(true, 'app-named-once')]
  ])('works where the module is named once: %s', async (_, script) => {
    const target = moved(await build(script))
    expect(await node(target, 'app-named-once.js')).toEqual(worked)
  })

  it.each([
    ['esbuild without splitting', esbuild({ app: 'app-named-once', format: 'esm' })],
    ['webpack', packed('webpack', 'app-named-once', 'es', true)],
    ['rspack', packed('@rspack/core', 'app-named-once', 'es', true)]
  ])('gets an error that says what to write when its name is lost: %s', async (name, script) => {
    const target = moved(await build(script))
    const app = name.startsWith('esbuild') ? 'app-named-once.js' : 'app.js'
    // Node shows the line of an uncaught error, which in a minified bundle is longer than a pipe takes at once: into a file.
    const { code } = await run(target, 'sh', ['-c', `node ${app} 2> stderr.txt`])
    expect(code).toBe(1)
    expect(readFileSync(join(target, 'stderr.txt'), 'utf8')).toMatch(
      /module must be an arrow function.*if a bundler leaves no file of it.*new URL/s
    )
  })

  it('works by ncc', async () => {
    const out = join(folder, 'out-ncc')
    for (const [file, name] of [
      ['app-ncc.js', 'app'],
      ['tasks.js', 'tasks']
    ] as const) {
      const { code, stdout, stderr } = await run(folder, 'ncc', ['build', file, '-o', `out-ncc/${name}`])
      expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' })
    }
    const target = moved(out)
    const { code, stdout, stderr } = await node(target, 'app/index.js')
    expect({ code, stdout, stderr }).toEqual(worked)
  })
})

describe('a task module that a bundler has copied as an asset', () => {
  it.each([
    ['webpack, ES modules', packed('webpack', 'app', 'es', true)],
    ['webpack, CommonJS', packed('webpack', 'app', 'cjs', true)],
    ['rspack, ES modules', packed('@rspack/core', 'app', 'es', true)],
    ['rspack, CommonJS', packed('@rspack/core', 'app', 'cjs', true)]
  ])('gets an error at its first call that says what to write: %s', async (_, script) => {
    const { code, stderr } = await node(moved(await build(script)), 'app.js')
    expect(code).toBe(1)
    expect(stderr).toMatch(/copied this file as an asset.*a separate entry.*webpackIgnore.*__dirname/s)
  })
})

describe('a bundle without its task module', () => {
  it('gets an error at its first call that says what to write', async () => {
    const script = (out: string): string => `
      import { build } from 'esbuild'
      const out = '${out}'
      await build({ entryPoints: ['app.js'], outdir: out, bundle: true, platform: 'node', format: 'esm' })
      ${manifest('module')}`
    const { code, stderr } = await node(moved(await build(script)), 'app.js')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /TaskNotFoundError: .*tasks\.js could not be loaded: there is no such file.*a separate entry/
    )
  })
})
