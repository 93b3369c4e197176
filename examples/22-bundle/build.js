import { build } from 'esbuild'

// The task module is an entry of its own, because a thread loads it by its name, from the folder of the file that names it.
await build({
  entryPoints: ['src/app.js', 'src/tasks.js'],
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20'
})
