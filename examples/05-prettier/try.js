import { check, format } from './format-sync.js'

const options = { parser: 'babel', semi: false }
console.log(format('const a = {b:1};', options).trim()) // prints: const a = { b: 1 }
console.log(check('const a = { b: 1 }\n', options)) // prints: true

try {
  format('const = 1', options)
} catch (error) {
  console.log(error.name, error.loc.start) // prints: SyntaxError { line: 1, column: 7 }
}
