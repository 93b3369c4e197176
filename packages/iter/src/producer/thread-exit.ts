/** The reports that this thread still has to make if it ends now. */
const reports = new Set<() => void>()

const reportAll = (): void => {
  for (const report of reports) report()
}

/**
 * Calls `report` when this thread ends by `process.exit()` or an uncaught error: a consumer that blocks has no event
 * loop by which it would notice. Returns a function that removes `report`.
 */
export function onThreadExit(report: () => void): () => void {
  // One listener for all of them: Node warns about more than ten.
  if (reports.size === 0) process.on('exit', reportAll)
  reports.add(report)
  return () => {
    reports.delete(report)
    if (reports.size === 0) process.off('exit', reportAll)
  }
}
