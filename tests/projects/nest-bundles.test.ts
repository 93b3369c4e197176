import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { answers, copyNestSources, eleven, nestProject, twelve } from './nest-projects.js'
import { copyFixture, node, run, write } from './project.js'

const both = { 'tsconfig-paths-webpack-plugin': '4.2.0', 'webpack-node-externals': '3.0.0' }

/** The bundler of an application with a line of Nest: Nest's own command. */
const webpack = { '@nestjs/cli': '11.0.24', 'ts-loader': '9.5.4', webpack: '5.106.2' }
const rspack = { '@nestjs/cli': '12.0.8', '@rspack/core': '2.3.3' }

/** The same configuration without the entries of the modules of tasks. */
const withoutEntries = (text: string): string => text.replace(/, \.\.\.bridgeEntries\([^)]*\)/, '')

describe.each<['eleven' | 'twelve', string, string, Record<string, string>]>([
  ['eleven', 'webpack', 'CommonJS', { ...eleven, ...webpack, ...both }],
  ['twelve', 'rspack', 'ES modules', { ...twelve, ...rspack, ...both }]
])('an application of Nest %s, bundled by %s as %s', (template, bundler, _, tools) => {
  const config = `${bundler}.config.js`
  let folder: string

  beforeAll(async () => {
    folder = await nestProject(template, tools)
    copyFixture(join('nest', `bundle-${template}`), folder)
  })

  const build = async (): Promise<void> => {
    const { code, stdout, stderr } = await run(folder, 'nest', ['build'])
    expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' })
    // Only the build output is left.
    rmSync(join(folder, 'src'), { recursive: true })
  }

  it('finds its tasks beside the bundle', async () => {
    await build()
    const { code, stdout, stderr } = await node(folder, join('dist', 'main.js'), 'express')
    expect({ code, errors: stripVTControlCharacters(stderr).match(/\w+Error: .*/g) }).toEqual({
      code: 0,
      errors: ['RangeError: of the insides', 'RangeError: broken in the middle']
    })
    expect(stderr).toContain('rates: closed')
    expect(JSON.parse(stdout)).toEqual(answers)
  })

  it('does not start if they are not entries of the bundle, and says what to do', async () => {
    copyNestSources(template, folder)
    write(folder, { [config]: withoutEntries(readFileSync(join(folder, config), 'utf8')) })
    await build()
    const { code, stderr } = await node(folder, join('dist', 'main.js'), 'express')
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/WorkTasks: there is no file .*dist[\\/]work\.tasks\.js/)
    expect(stderr).toContain('bridgeEntries of @bridge/nest/build')
  })
})
