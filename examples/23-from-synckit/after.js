import { loop } from '@bridge/pool'

const { hash, words } = loop.importSync(new URL('./tasks.js', import.meta.url), { timeout: 10_000 })
console.log(hash('x')) // prints: 2d711642
console.log([...words('one two')]) // prints: [ 'one', 'two' ]
console.log(await hash.async('x')) // prints: 2d711642
