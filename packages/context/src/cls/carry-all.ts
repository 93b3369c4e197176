import { carryCls } from './carrier.js'

carryCls()
