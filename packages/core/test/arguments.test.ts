import * as core from '@bridge/core'
import { bridge, InvalidArgumentError, inline, runScope } from '@bridge/core'
import * as author from '@bridge/core/executor'
import { loadModule, runTask } from '@bridge/core/host'
import { hideFrames } from '@bridge/core/internal'
import { conformanceCases } from '@bridge/core/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const call = () => bridge(function work() {})()
const loose = (fn: unknown) => fn as (...args: unknown[]) => unknown

/** A wrong argument to each public function, and what the message must show. */
const WRONG: readonly (readonly [name: string, act: () => unknown, shown: RegExp])[] = [
  ['bridge(42)', () => loose(bridge)(42), /bridge\(\).*42/],
  ['bridge(undefined)', () => loose(bridge)(undefined), /undefined/],
  ['bridge(fn, 42)', () => loose(bridge)(() => {}, 42), /bridge\(\).*42/],
  ['bridge(fn, { timeout: "1s" })', () => loose(bridge)(() => {}, { timeout: '1s' }), /timeout.*'1s'/],
  ['bridge(fn, { timeOut: 1 })', () => loose(bridge)(() => {}, { timeOut: 1 }), /'timeOut'.*timeout/],
  ['call.with({ timeout: -1 })', () => call().with({ timeout: -1 }), /work\(\)\.with\(\).*-1/],
  ['call.with({ timeout: NaN })', () => call().with({ timeout: NaN }), /NaN/],
  ['call.with({ runTimeout: null })', () => call().with({ runTimeout: null as never }), /runTimeout.*null/],
  ['call.with({ itemTimeout: -1 })', () => call().with({ itemTimeout: -1 }), /itemTimeout.*-1/],
  ['call.with({ signal: {} })', () => call().with({ signal: {} as never }), /signal.*\{\}/],
  ['call.with({ executor: "pool" })', () => call().with({ executor: 'pool' as never }), /executor.*'pool'/],
  ['call.with({ priority: "high" })', () => call().with({ priority: 'high' as never }), /priority.*'high'/],
  ['call.with({ priority: NaN })', () => call().with({ priority: NaN }), /priority.*NaN/],
  ['call.with({ affinity: 7 })', () => call().with({ affinity: 7 as never }), /affinity.*7/],
  [
    'future.waitSync("1")',
    () =>
      call()
        .start()
        .waitSync('1' as never),
    /waitSync\(\).*'1'/
  ],
  ['runScope(undefined, fn)', () => loose(runScope)(undefined, () => {}), /runScope\(\).*undefined/],
  ['runScope({}, 42)', () => loose(runScope)({}, 42), /fn.*42/],
  ['runScope({ deadline: "soon" }, fn)', () => loose(runScope)({ deadline: 'soon' }, () => {}), /'soon'/],
  ['runScope({ signal: 1 }, fn)', () => loose(runScope)({ signal: 1 }, () => {}), /signal.*1/],
  ['runScope({ limit: 1 }, fn)', () => loose(runScope)({ limit: 1 }, () => {}), /'limit'/],
  ['kindOf("fn")', () => loose(core.kindOf)('fn'), /kindOf\(\).*'fn'/],
  ['inline.import("./x.js")', () => inline.import('./x.js'), /'\.\/x\.js'/],
  ['inline.importSync(42)', () => loose(inline.importSync.bind(inline))(42), /42/],
  ['registerErrors({ X: 42 })', () => loose(core.registerErrors)({ X: 42 }), /X.*42/],
  ['registerErrors(undefined)', () => loose(core.registerErrors)(undefined), /classes.*undefined/],
  ['addCarrier({})', () => loose(core.addCarrier)({}), /carrier\.name/],
  ['addCarrier(undefined)', () => loose(core.addCarrier)(undefined), /carrier.*undefined/],
  ['bridged(undefined)', () => loose(core.bridged)(undefined), /options.*undefined/],
  ['call.with(undefined)', () => call().with(undefined as never), /work\(\)\.with\(\).*undefined/],
  ['dispatch("plain", …)', () => loose(core.dispatch)('plain', 'await', 'here', true), /'plain'/],
  ['dispatch(…, "later", …)', () => loose(core.dispatch)('sync', 'later', 'here', true), /'later'/],
  ['dispatch(…, "there")', () => loose(core.dispatch)('sync', 'await', 'there', true), /'there'/],
  ['dispatchReturned("plain")', () => loose(core.dispatchReturned)('plain', 'await'), /'plain'/],
  ['resource(fn)', () => loose(core.resource)(() => 1), /generator function/],
  [
    'use(42)',
    () =>
      loose(
        core.resource(function* () {
          yield 1
        })().use
      )(42),
    /body.*42/
  ],
  ['parallelMap(…, { settle: "all" })', () => loose(core.parallelMap)([], call, { settle: 'all' }), /'all'/],
  ['runTask(42)', () => loose(runTask)(42), /runTask\(\).*42/],
  ['runTask({ name })', () => loose(runTask)({ name: 'hash' }), /task\.module.*undefined/],
  ['loadModule(42)', () => loose(loadModule)(42), /loadModule\(\).*42/],
  ['decodeThrown("error")', () => loose(author.decodeThrown)('error'), /decodeThrown\(\).*'error'/],
  ['iteratorSource([])', () => loose(author.iteratorSource)([]), /iterator\.next.*undefined/],
  ['hideFrames(42)', () => loose(hideFrames)(42), /hideFrames\(\).*42/],
  ['new RunningTasks(42)', () => new author.RunningTasks(42 as never), /RunningTasks\(\).*42/],
  ['conformanceCases(42)', () => loose(conformanceCases)(42), /conformanceCases\(\).*42/],
  ['a call as an argument', () => loose(bridge(() => {}))(1, call()), /args\[1\] is a call/]
]

describe('a wrong argument is refused at the call, with its value in the message', () => {
  test.each(WRONG)('%s', (_, act, shown) => {
    expect(act).toThrow(InvalidArgumentError)
    expect(act).toThrow(shown)
  })

  test('for any invalid value of a timeout', () => {
    fc.assert(
      fc.property(fc.anything(), value => {
        fc.pre(value !== undefined && !(typeof value === 'number' && value >= 0))
        expect(() => bridge(() => {}, { timeout: value as number })).toThrow(InvalidArgumentError)
      })
    )
  })

  test('for any value that is not a function', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined)), value => {
        expect(() => loose(bridge)(value)).toThrow(InvalidArgumentError)
        expect(() => loose(core.kindOf)(value)).toThrow(InvalidArgumentError)
      })
    )
  })

  test('in a message that stays short, however long the value', () => {
    const long = { text: 'x'.repeat(10_000), list: Array.from({ length: 1000 }, (_, n) => n) }
    try {
      loose(core.kindOf)(long)
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(250)
      expect((error as Error).message).not.toContain('\n')
    }
    expect.assertions(2)
  })
})

test('a function that exists on this thread only can not run on another executor, and the message says what to do', () => {
  const elsewhere = Object.assign(Object.create(inline) as object, { place: 'elsewhere', name: 'pool' })
  const act = () => call().with({ executor: elsewhere as core.Executor })
  expect(act).toThrow(InvalidArgumentError)
  expect(act).toThrow(/work\(\) exists on this thread only.*bridge\(import\.meta\.url, \{ work \}\)/)
})
