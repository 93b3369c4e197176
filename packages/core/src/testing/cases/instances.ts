import assert from 'node:assert/strict'
import { type ConformanceCase, collect, defineCase, thrownBy } from '../bench.js'
import { Person } from '../instance-tasks.js'

/** Instances of classes that were registered: each is known by a getter of its class, which a copy of it does not have. */
export const instances: readonly ConformanceCase[] = [
  defineCase('an instance of a registered class arrives as one, there and back', async ({ tasks }) => {
    assert.equal(await tasks.greetingOf(new Person('Ann')), 'I am Ann')
    const back = (await tasks.echo(new Person('Ann'))) as unknown as Person
    assert.equal(back.greeting, 'I am Ann')
    assert.deepEqual(Object.keys(back), ['first', 'friends'])
  }),
  defineCase('instances stand at any depth, and keep their shape and their cycles', async ({ tasks }) => {
    const { lead, byName } = await tasks.company()
    assert.equal(lead.greeting, 'I am Ann')
    assert.equal(byName.get('Ann')?.person, lead)
    assert.equal(lead.friends[0], byName.get('Bob')?.person)
    assert.equal(lead.friends[0]?.greeting, 'I am Bob')
    assert.equal(lead.friends[0]?.friends[0], lead)
  }),
  defineCase('instances are items of streams', async ({ tasks }) => {
    const { items } = await collect(tasks.people('Ann', 'Bob', 'Cid'))
    assert.deepEqual(
      items.map(item => (item as Person).greeting),
      ['I am Ann', 'I am Bob', 'I am Cid']
    )
  }),
  defineCase('an error brings the instances along that it holds', async ({ tasks }) => {
    const error = await thrownBy(async () => tasks.failWith(new Person('Ann')))
    assert.equal((error as { of?: { person?: Person } }).of?.person?.greeting, 'I am Ann')
  })
]
