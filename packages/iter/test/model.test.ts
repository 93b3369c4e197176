import fc from 'fast-check'
import { describe, it } from 'vitest'
import { turns } from './helpers.js'
import { type Script, System } from './model/system.js'

/** The model's state: how the stream was requested to end, after which some actions are impossible. */
interface Model {
  isEnding: boolean
}

type Command = fc.AsyncCommand<Model, System>

function command(name: string, run: (system: System) => unknown, ends = false): Command {
  return {
    check: model => !(ends && model.isEnding),
    async run(model, system) {
      if (ends) model.isEnding = true
      run(system)
      await turns(1)
      system.check()
    },
    toString: () => name
  }
}

const script: fc.Arbitrary<Script> = fc.record({
  items: fc.integer({ min: 0, max: 12 }),
  ending: fc.constantFrom('returns', 'throws'),
  isAsync: fc.boolean(),
  shape: fc.constantFrom('number', 'row', 'mixed'),
  window: fc.integer({ min: 0, max: 6 }),
  catches: fc.boolean(),
  isReluctant: fc.boolean()
})

const commands = fc.commands(
  [
    fc.constant(command('pull', system => system.pull())),
    fc.constant(command('pull twice', system => [system.pull(), system.pull()])),
    fc.constant(command('deliver to the producer', system => system.producerPort.deliver())),
    fc.constant(command('deliver to the consumer', system => system.consumerPort.deliver())),
    fc.integer({ min: 1, max: 3 }).map(items => command(`permit ${items}`, system => system.permit(items))),
    fc.constant(command('give a value', system => system.give())),
    fc.constant(command('return', system => system.stop(), true)),
    fc.constant(command('return with a value', system => system.stop('bye'), true)),
    fc.constant(command('throw', system => system.throw())),
    fc.constant(command('abort', system => system.abort(), true)),
    fc.constant(command('return again', system => system.stop())),
    fc.constant(command('abort and return', system => [system.abort(), system.stop()], true)),
    fc.constant(command('lose the producer', system => system.lose(system.producerPort), true)),
    fc.constant(command('lose the consumer', system => system.lose(system.consumerPort), true)),
    fc.constant(
      command(
        'lose both',
        system => [system.lose(system.producerPort), system.lose(system.consumerPort)],
        true
      )
    )
  ],
  { maxCommands: 30 }
)

describe('the protocol, in whatever order its messages arrive', () => {
  it('never hangs, loses or duplicates an item, returns one after the end, or exceeds its credit', async () => {
    await fc.assert(
      fc.asyncProperty(script, commands, async (given, list) => {
        const system = new System(given)
        await fc.asyncModelRun(() => ({ model: { isEnding: false }, real: system }), list)
        await system.finish()
      }),
      { numRuns: Number(process.env.BRIDGE_MODEL_RUNS ?? 300) }
    )
  })
})
