#!/usr/bin/env node
import { dirname } from 'node:path'
import { loadTypeScript } from './load-typescript.js'
import { check, make, write } from './output.js'
import { Refusal } from './refusal.js'
import { readRequest, USAGE } from './request.js'
import { watch } from './watch.js'

function run(args: readonly string[]): void {
  const request = readRequest(args)
  if (request === undefined) {
    console.log(USAGE)
    return
  }
  const ts = loadTypeScript(dirname(request.input))
  if (request.mode === 'watch') {
    watch(ts, request)
    return
  }
  const { text, notes } = make(ts, request, new Map())
  for (const note of notes) console.error(note)
  if (request.mode === 'check') check(request, text)
  else write(request, text)
}

try {
  run(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = error.code
}
