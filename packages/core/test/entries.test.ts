import { readFileSync } from 'node:fs'
import * as executor from '@bridge/core/executor'
import * as internal from '@bridge/core/internal'
import { expect, test } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The names that the table of the README gives for an entry. */
function namesOf(entry: string): string[] {
  const row = readme.split('\n').find(line => line.startsWith(`| \`${entry}\` |`)) ?? ''
  return [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name as string)
}

test('the README names everything that authors of executors have, and nothing else', () => {
  expect(namesOf('@bridge/core/executor').sort()).toEqual(Object.keys(executor).sort())
})

test('the exports that our own packages share are not part of the contract for authors, nor named in the README', () => {
  const names = Object.keys(internal)
  expect(names.filter(name => name in executor)).toEqual([])
  expect(names.filter(name => readme.includes(`\`${name}\``))).toEqual([])
})
