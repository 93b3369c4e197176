import { runText } from './run-text.js'

runText().startLoop()
