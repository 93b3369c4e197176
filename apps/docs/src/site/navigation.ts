/** The pages of the site in order; each group is a folder of `pages`. */
export const navigation = [
  {
    text: 'Start',
    folder: 'start',
    pages: ['index', 'tool', 'service', 'nest', 'demo']
  },
  {
    text: 'Guides',
    folder: 'guides',
    pages: [
      'calls',
      'modules',
      'ended-threads',
      'streams',
      'objects',
      'values',
      'limits',
      'context',
      'errors',
      'publishing',
      'bundlers',
      'testing',
      'deadlocks',
      'tuning',
      'nest'
    ]
  },
  {
    text: 'Across machines',
    folder: 'machines',
    pages: ['index', 'calls', 'jobs', 'workers', 'operating', 'trust', 'nest']
  },
  {
    text: 'Recipes',
    folder: 'recipes',
    pages: [
      'index',
      'eslint-rule',
      'prettier',
      'sqlite',
      'images',
      'pdf',
      'express',
      'fastify',
      'hono',
      'nest',
      'progress',
      'crashes',
      'logs-and-traces',
      'prometheus',
      'typescript'
    ]
  },
  {
    text: 'Coming from',
    folder: 'coming-from',
    pages: [
      'synckit',
      'make-synchronous',
      'piscina',
      'tinypool',
      'workerpool',
      'comlink',
      'threads',
      'bullmq-sandboxes',
      'nest-workers',
      'python'
    ]
  },
  {
    text: 'Reference',
    folder: 'reference',
    pages: [
      'index',
      'core',
      'context',
      'iter',
      'pool',
      'nest',
      'cluster',
      'executors',
      'stability',
      'security',
      'contributing'
    ]
  },
  {
    text: 'How it works',
    folder: 'how-it-works',
    pages: ['wire', 'threads', 'machines', 'measured']
  },
  {
    text: 'Benchmarks',
    folder: 'benchmarks',
    pages: ['index']
  }
] as const

/** The folders of the groups that the bar at the top has below "More": a tablet has no room for all of them side by side. */
export const belowMore: readonly string[] = ['coming-from', 'how-it-works', 'benchmarks']
