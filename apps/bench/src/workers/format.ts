import { runAsWorker } from '@bridge/pool/synckit'
import { format } from 'prettier'

runAsWorker(format)
