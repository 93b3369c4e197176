import { testReadme } from '../../../tools/readme-test.js'

testReadme(new URL('../', import.meta.url))
