import './page.css'
import { showAnswer } from './answer.js'
import { showCode } from './code-parts.js'
import { Lanes } from './lanes.js'
import { LightRoute } from './light-route.js'
import { showLimits } from './limits.js'
import { listen } from './live-events.js'
import { showMachines } from './machines.js'
import { Race } from './race.js'
import { RowStream } from './row-stream.js'
import { showTrace } from './waterfall.js'

const light = new LightRoute()
const race = new Race(light)
const lanes = new Lanes()

new RowStream()
showLimits()
showTrace()
await Promise.all([showCode(), showAnswer(), showMachines()])
light.start()
lanes.start()
listen({
  tick: tick => {
    race.onTick(tick)
    lanes.onTick(tick)
  },
  call: call => lanes.onCall(call),
  thread: event => lanes.onThread(event)
})
void race.begin()
