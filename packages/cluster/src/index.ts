export type {
  Cluster,
  ClusterOptions,
  ClusterQueue,
  ClusterRemote,
  Enqueueable,
  JobResultOptions,
  WorkerLoad
} from './cluster.js'
export { createCluster } from './create-cluster.js'
export type {
  CallState,
  Connection,
  ConnectionEvents,
  Engine,
  EngineRecipe,
  JobState,
  Jobs,
  QueueCounts,
  SentCall,
  SentJob,
  TakenCall,
  TakenJob,
  Taking
} from './engine/engine.js'
export { memory } from './engine/memory.js'
export { type ServeOptions, serve, type Worker } from './worker/serve.js'
