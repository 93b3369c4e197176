import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

function soak(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk
    })
  }
  return new Promise(resolve => child.on('close', code => resolve({ code, output })))
}

it.each([
  ['calls', 'soak', []],
  ['requests of a service', 'service soak', ['--service']]
])(
  'some seconds of %s find nothing wrong, and print the seed',
  {
    timeout: 120_000
  },
  async (_, name, flags) => {
    const { code, output } = await soak(...flags, '--minutes', '0.1', '--seed', '42')
    // Vitest truncates the string of a failed assertion after 40 characters, so the message has what the soak test found.
    const lines = output.trimEnd().split('\n')
    const found = lines
      .slice(lines.findIndex(line => /things are wrong|ended by|stands still/.test(line)))
      .join('; ')
    const whole = new RegExp(`^${name}: \\d+ (operations|visits), nothing wrong; seed 42$`)
    expect(whole.test(found), found).toBe(true)
    expect(code).toBe(0)
  }
)

it('an unknown option is reported, and nothing runs', async () => {
  const { code, output } = await soak('--hours', '1')
  expect(output).toBe(
    'soak: --hours is not known; usage: pnpm soak [--service] [--minutes 10] [--seed number]\n'
  )
  expect(code).toBe(1)
})
