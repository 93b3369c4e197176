import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Contestant, type Role, WrongAnswer } from '../harness/contestant.js'
import { Stopwatch } from '../harness/stopwatch.js'
import { workerPath } from '../libraries/url.js'
import { atMost, type Row } from './row.js'

/** The type of Prettier's format, if it blocks. */
type Format = (source: string, options: { parser: string }) => string

const FILES = 200
const OPTIONS = { parser: 'babel' }

/** Real modules, each different. */
function sources(count: number): string[] {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('simple-statistics'))), '..', 'src')
  const names = readdirSync(folder).filter(name => name.endsWith('.js'))
  return Array.from({ length: count }, (_, n) => {
    const text = readFileSync(join(folder, names[n % names.length] as string), 'utf8')
    return `// ${n}\n${text}`
  })
}

/** The ways to call Prettier blocking, each from process start: including its own import, the thread and Prettier's import. */
const ways: readonly [name: string, role: Role, load: () => Promise<Format>][] = [
  [
    'bridge loop',
    'ours',
    async () => {
      const { loop } = await import('@bridge/pool')
      return loop.importSync<typeof import('prettier')>(import.meta.resolve('prettier')).format
    }
  ],
  [
    'bridge as synckit',
    'ours',
    async () => {
      const { createSyncFn } = await import('@bridge/pool/synckit')
      return createSyncFn(workerPath('format'))
    }
  ],
  [
    'synckit',
    'peer',
    async () => {
      const { createSyncFn } = await import('synckit')
      return createSyncFn(workerPath('synckit/format'))
    }
  ],
  ['@prettier/sync', 'peer', async () => (await import('@prettier/sync')).default.format]
]

/** Formats the files and returns the measurement of `measured`; then checks each byte. */
function formatting(
  [name, role, load]: (typeof ways)[number],
  measured: (act: () => Promise<void>) => ReturnType<Contestant['run']>
): Contestant {
  return {
    name,
    role,
    setup: () => undefined,
    async run(count) {
      const given = sources(count)
      const formatted: string[] = []
      const figure = await measured(async () => {
        const format = await load()
        for (const source of given) formatted.push(format(source, OPTIONS))
      })
      // Only now, because Prettier in this thread would take its own time and memory.
      const { format } = await import('prettier')
      for (const [n, source] of given.entries()) {
        if (formatted[n] !== (await format(source, OPTIONS)))
          throw new WrongAnswer('a file was formatted otherwise than by Prettier itself')
      }
      return figure
    },
    teardown: () => undefined
  }
}

async function time(act: () => Promise<void>): Promise<ReturnType<Stopwatch['perCall']>> {
  const watch = new Stopwatch()
  await act()
  return watch.perCall(1, 'ms')
}

/** The maximum resident memory in megabytes. */
async function peak(act: () => Promise<void>): Promise<number> {
  await act()
  return process.resourceUsage().maxRSS / 1024
}

const PEERS = ['synckit', '@prettier/sync'] as const
const common = { placement: 'unpinned', how: 'processes', calls: FILES, ours: 'bridge loop' } as const

export const prettierRows: readonly Row[] = [
  {
    ...common,
    id: 'prettier-time',
    title: 'Prettier, blocking, on 200 files, all imports included',
    unit: 'ms',
    goals: [atMost(1, ...PEERS)],
    contestants: () => ways.map(way => formatting(way, time))
  },
  {
    ...common,
    id: 'prettier-memory',
    title: 'the same: resident memory at the most',
    unit: 'MB',
    goals: [atMost(1.1, ...PEERS)],
    contestants: () => ways.map(way => formatting(way, peak))
  }
]
