import { testReadme } from '../tools/readme-test.js'

// The demo's folder is one from which every package of ours is found.
testReadme(new URL('../', import.meta.url), new URL('../apps/demo/', import.meta.url))
