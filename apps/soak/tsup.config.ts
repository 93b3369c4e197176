import { defineConfig } from 'tsup'

// The run, its watchdog and the tasks are entries of their own: processes and threads load them by their path.
export default defineConfig({
  entry: [
    'src/main.ts',
    'src/run.ts',
    'src/watchdog.ts',
    'src/service/run.ts',
    'src/service/service.ts',
    'src/tasks/*.tasks.ts'
  ],
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  dts: false,
  sourcemap: true,
  clean: true,
  splitting: true,
  removeNodeProtocol: false
})
