import { loop } from '@bridge/pool'

const { hash, salted } = loop.importSync(new URL('./tasks.js', import.meta.url))
console.log(hash('x')) // prints: 2d711642
console.log(salted('x') === hash('salt x')) // prints: true
