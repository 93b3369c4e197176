// Summarizes vitest's JSON reports, one per Node line: `node 22.23.3: 412 passed, 0 failed`, with the totals at the end. Each
// failed test is named above its line, with the beginning of its message, so that the end of a log shows which tests failed.
// Takes pairs: the Node's version, the report's file. A report that is missing or unreadable is a failure.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const argv = process.argv.slice(2)
const total = { passed: 0, failed: 0 }
for (let at = 0; at < argv.length; at += 2) {
  const { passed, failed, skipped, failures } = figures(argv[at + 1])
  for (const failure of failures) console.log(failure)
  console.log(`node ${argv[at]}: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
  total.passed += passed
  total.failed += failed
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

function figures(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    // A file that could not be loaded has no tests to count, but it failed.
    const broken = report.testResults.filter(
      result => result.status === 'failed' && !result.assertionResults.some(test => test.status === 'failed')
    ).length
    const failed = report.numFailedTests + broken
    const skipped = report.numPendingTests + report.numTodoTests
    // An error outside of any test (an unhandled rejection) leaves no failed test, only `success: false`.
    const failures = report.testResults.flatMap(failuresOf)
    return { passed: report.numPassedTests, failed: failed || (report.success ? 0 : 1), skipped, failures }
  } catch (error) {
    console.error(`${file}: ${error.message}`)
    return { passed: 0, failed: 1, skipped: 0, failures: [] }
  }
}

function failuresOf({ name, status, message, assertionResults }) {
  if (status !== 'failed') return []
  const file = relative(process.cwd(), name)
  const tests = assertionResults.filter(test => test.status === 'failed')
  if (tests.length === 0) return [`FAILED ${file}: ${beginning(message)}`]
  return tests.map(test => `FAILED ${file}: ${test.fullName}: ${beginning(test.failureMessages.join('\n'))}`)
}

/** The first lines of a message, without the colours of a terminal. */
function beginning(message) {
  return stripVTControlCharacters(message).split('\n').slice(0, 6).join('\n  ').slice(0, 800)
}
