import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { copyFixture, ourTarballs, projectWith, write } from './project.js'

/** The packages that `nest new` of a line installs, with both platforms and both compilers. */
export const eleven = {
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/platform-express': '11.2.10',
  '@nestjs/platform-fastify': '11.2.8',
  '@nestjs/testing': '11.2.6',
  '@types/jest': '30.0.0',
  jest: '30.5.2',
  'ts-jest': '29.4.15',
  typescript: '5.9.3'
}
export const twelve = {
  '@nestjs/common': '12.5.1',
  '@nestjs/core': '12.5.1',
  '@nestjs/platform-express': '12.5.1',
  '@nestjs/platform-fastify': '12.5.0',
  '@nestjs/testing': '12.1.1',
  '@vitest/coverage-v8': '4.1.12',
  typescript: '6.0.3',
  'vite-tsconfig-paths': '5.1.4',
  vitest: '4.1.12'
}
const both = {
  'class-transformer': '0.5.1',
  'class-validator': '0.15.1',
  '@swc/core': '1.16.22',
  '@types/node': '20.19.0',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2'
}

/** The sources in `src` for the CommonJS template: imports have no extension, as jest needs it. */
function importWithoutExtensions(folder: string): void {
  const names = readdirSync(join(folder, 'src'))
  const changed = names.map(name => {
    const text = readFileSync(join(folder, 'src', name), 'utf8')
    return [join('src', name), text.replace(/((?:from |mock\()'\.\/[\w.]+)\.js'/g, "$1'")] as const
  })
  write(folder, Object.fromEntries(changed))
}

/** A project with an application for a line's template. */
export async function nestProject(
  template: 'eleven' | 'twelve',
  tools: Record<string, string>
): Promise<string> {
  const type = template === 'eleven' ? 'commonjs' : 'module'
  const [nest = ''] = ourTarballs('@bridge/nest')
  const folder = await projectWith({ '@bridge/nest': nest, ...tools, ...both }, { type })
  copyNestSources(template, folder)
  return folder
}

/** Writes the sources of that application. */
export function copyNestSources(template: 'eleven' | 'twelve', folder: string): void {
  copyFixture(join('nest', 'app'), folder)
  copyFixture(join('nest', template), folder)
  if (template === 'eleven') importWithoutExtensions(folder)
}

/** The answers of the application to all of its requests. */
export const answers = {
  value: [200, 'application/json', '{"id":"r1","inWorker":true}'],
  conflict: [409, 'application/json', '{"message":"taken","error":"Conflict","statusCode":409}'],
  late: [504, 'application/json', '{"message":"Gateway Timeout","statusCode":504}'],
  unknown: [500, 'application/json', '{"statusCode":500,"message":"Internal server error"}'],
  lost: [503, 'application/json', '{"message":"Service Unavailable","statusCode":503}'],
  full: [503, 'application/json', '{"message":"Service Unavailable","statusCode":503}'],
  json: [200, 'application/json', '[{"n":0},{"n":1}]'],
  rowEvents: [200, 'text/event-stream', expect.stringMatching(/^(\n?id: \d\ndata: {"n":\d}\n\n?){2}$/)],
  gone: 'AbortError',
  rows: [200, 'application/x-ndjson', '{"n":0}\n{"n":1}\n{"n":2}\n'],
  generator: [200, 'text/plain', 'row 0\nrow 1\n'],
  broken: [200, 'application/x-ndjson', 'cut off'],
  report: [200, 'application/json', '{"text":"5 €","inWorker":true}'],
  reportRows: [
    200,
    'application/x-ndjson',
    '{"text":"0 €","inWorker":true}\n{"text":"1 €","inWorker":true}\n'
  ],
  reportRefused: [409, 'application/json', '{"message":"no report","error":"Conflict","statusCode":409}'],
  invoice: {
    text: '10 €',
    plain: { order: { lines: [{ price: 2 }, { price: 3 }] }, text: '10 €' }
  },
  invalid: 400,
  events: [200, 'text/event-stream', expect.stringMatching(/^(\n?id: \d\ndata: {"id":"r1"}\n\n?){2}$/)],
  head: 200,
  left: { opened: 1, closed: 1, ended: 0 },
  instead: { opened: 2, closed: 2, ended: 1 }
}
