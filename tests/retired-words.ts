/** A word or phrase that is not written any more in this repository, and what is written instead. */
export interface RetiredWord {
  /** Source of a regular expression, matched at word boundaries; a blank in it also matches a line break in a comment. */
  readonly pattern: string
  /** What to write. */
  readonly use: string
  /** A folder where the word is the right one. */
  readonly except?: string
}

const WHO = 'name the actor: caller, callee, parent, worker, consumer, producer, executor, user'

/** In prose: comments, documentation, messages and names of tests. Upper and lower case are the same. */
export const phrases: readonly RetiredWord[] = [
  { pattern: 'somebody|nobody|anybody|whoever|whomever', use: WHO },
  {
    pattern: String.raw`(?:this|that) one(?=[.,;:!?)'"\`]|$| (?:is|was|has|does|can|will|would|must|may|and|or|too|also|alone|instead|again)\b)`,
    use: 'repeat the noun'
  },
  { pattern: 'one that (?:awaits|blocks|waits|calls|iterates|pulls|reads|sends)', use: WHO },
  {
    pattern: '(?<=(?:^|[.,;:(*] |by |to |of |for |where ))who (?:awaits|blocks|calls|iterates|pulls)',
    use: WHO
  },
  { pattern: 'the other side', use: 'the parent, the worker, the consumer, the producer' },
  {
    pattern: '(?:is|are|was|were|be|been|being) told(?! apart)',
    use: 'is notified, gets, receives, is given'
  },
  { pattern: '(?:tells?|told|telling) of', use: 'reports, describes' },
  { pattern: 'hea(?:rs?|rd) of', use: 'is notified of' },
  { pattern: 'makes? no sense', use: 'is invalid' },
  { pattern: 'for want of', use: 'because … is missing; out of memory' },
  { pattern: '(?:is|are|be|was|were) let end|lets (?:\\w+ )?end', use: 'is drained, ends' },
  { pattern: 'r[au]ns? dry', use: 'is drained' },
  { pattern: 'last words?', use: 'the report at the exit of the thread' },
  { pattern: '(?:says?|said) (?:its|their) last', use: 'has reported its end' },
  { pattern: '(?:goes|went) on', use: 'continues' },
  { pattern: 'c[ao]mes? to (?:its|an|their|the) end', use: 'ends' },
  { pattern: 'comes? to hear', use: 'is notified of' },
  { pattern: '(?:comes?|came|coming) up', use: 'starts, occurs' },
  { pattern: 'lets? go|letting go', use: 'releases, discards' },
  { pattern: 'in the place of', use: 'instead of' },
  { pattern: 'by the way of', use: 'by' },
  { pattern: 'made of what', use: 'made from' },
  { pattern: 'of no use', use: 'useless, unused' },
  { pattern: 'anew', use: 'again' },
  { pattern: '(?:be|is|are) had', use: 'is available' },
  { pattern: 'waits? not', use: 'does not wait' },
  { pattern: 'has it (?:done|called|run|sent)', use: 'does, calls, runs or sends it' },
  { pattern: 'in (?:its|their) hands?', use: 'while holding …' },
  { pattern: 'makes? it known', use: 'registers' },
  { pattern: '(?:takes?|taken|taking|took) back', use: 'reclaims (from a thread), undoes' },
  { pattern: '(?:puts?|putting) back', use: 'requeues, restores' },
  { pattern: 'g(?:ives?|iven|iving|ave) up', use: 'cancels (a caller), abandons (is no longer waited for)' },
  { pattern: 'withdr[ae]ws?|withdrawn|withdrawing', use: 'dequeues, cancels' },
  { pattern: 'unheard', use: 'while nothing listens' },
  { pattern: 'hither|thither|whence|thence|wherein|whereby|thereof|naught|lest', use: 'plain words' },
  { pattern: 'lanes?', use: 'connection', except: 'apps/demo' },
  { pattern: 'linger(?:s|ed|ing)?', use: 'busy-wait' },
  { pattern: 'census', use: 'thread count' }
]

/** Names in the code, where case matters. */
export const identifiers: readonly RetiredWord[] = [
  {
    pattern: 'ThreadRun|QuickCall|[hH]ostRun|ArrivedCall|HostRequest',
    use: 'QueuedRun, DirectRun, TaskRun and runTask(), ReceivedTask, HostTask'
  },
  {
    pattern: 'lastWords|LastWords|SAID_ITS_LAST|VANISHED|hasVanished',
    use: 'onThreadExit, exitedCleanly, exitedSilently'
  },
  { pattern: '\\w*Lanes?|lanes?[A-Z]\\w*|LANES?', use: 'connection', except: 'apps/demo' },
  { pattern: 'BELL|\\w*[rR]ingBell', use: 'WAKE_COUNT, notify()' },
  { pattern: 'BothFaces|faceOf|\\w*Faces?(?:Of\\w*)?', use: 'stub, Form, WithAsync' },
  { pattern: 'KeptObject|ThreadKeeper', use: 'ByReference, ThreadObjectStore' },
  { pattern: 'Wear|isWorn', use: 'RecyclePolicy, shouldRecycle' },
  { pattern: '\\w*Census', use: 'ThreadCount' },
  { pattern: '\\w*Linger\\w*|LINGERING', use: 'BusyWait, BUSY_WAITING' },
  { pattern: 'comeApart|Neighbour', use: 'separateCores, SpinPeer' },
  { pattern: '(?:class|interface) Home', use: 'ObjectLocation' },
  { pattern: '(?:class|interface) Sight', use: 'StatsCollector' },
  { pattern: '(?:class|interface) Stride', use: 'ClockSampler' },
  { pattern: '(?:class|interface) Turns', use: 'Mutex' },
  { pattern: '(?:class|interface) (?:Inlet|Outlet)', use: 'StreamReceiver, StreamSender' },
  { pattern: '(?:class|interface) Hand', use: 'CurrentBatch' },
  { pattern: '(?:class|interface) Settled', use: 'Outcome' },
  {
    pattern: 'RunOwner|BlockedOwner|ToOwner|wakeOwner|OWNER_\\w+',
    use: 'executor (of a run), parent (of a thread)'
  },
  { pattern: 'takeBack\\w*|TAKEN_BACK\\w*|takenBack\\w*|putBack\\w*|isTakenBack', use: 'reclaim, requeue' },
  { pattern: 'giveUp|givenUp|withdraw\\w*', use: 'cancel, abandon, dequeue' },
  { pattern: '\\w*Unheard\\w*', use: 'withoutListening, noListener' },
  {
    pattern: 'giveBackTransfers|foundAgain|callMaker|standsFor|dressedAs',
    use: 'restoreTransfers, restoreLost, callFactory'
  },
  { pattern: 'NOTES?|postNote\\w*', use: 'NOTIFICATIONS, postNotification' },
  { pattern: '(?:tell|told|untold)[A-Z]\\w*|untold|isTold', use: 'notify…, report…, isReported' }
]

/** The folders and files that are checked. Files below `dist`, `node_modules` and `results` are not. */
export const folders: readonly string[] = [
  'tests',
  'tools',
  'README.md',
  'CONTRIBUTING.md',
  'docs',
  'SECURITY.md',
  '.changeset',
  'packages/core',
  'packages/pool',
  'apps/bench',
  'apps/demo',
  'apps/docs/README.md',
  'apps/docs/pages',
  'apps/docs/src',
  'apps/docs/test',
  'apps/example-library',
  'apps/soak',
  'examples',
  'packages/cluster',
  'packages/context',
  'packages/iter',
  'packages/nest'
]
