import { byId, figure } from './dom.js'

/** Shows a deadline that terminates a thread, and a thread that ends by itself. */
export function showLimits(): void {
  const deadline = byId<HTMLInputElement>('deadline')
  const result = byId('limits-result')
  const buttons = [byId<HTMLButtonElement>('slow'), byId<HTMLButtonElement>('crash')]
  const showDeadline = (): void => {
    byId('deadline-value').textContent = `${figure(deadline.valueAsNumber)} ms`
  }
  deadline.addEventListener('input', showDeadline)
  showDeadline()
  const during = async (ask: () => Promise<string>): Promise<void> => {
    for (const button of buttons) button.disabled = true
    result.textContent = '…'
    result.textContent = await ask().catch(error => `That did not work: ${(error as Error).message}`)
    for (const button of buttons) button.disabled = false
  }
  buttons[0]?.addEventListener('click', () => void during(() => slow(deadline.valueAsNumber)))
  buttons[1]?.addEventListener('click', () => void during(crash))
}

async function slow(timeout: number): Promise<string> {
  const began = performance.now()
  const response = await fetch(`/slow?timeout=${timeout}`)
  const took = performance.now() - began
  const { thread } = (await response.json()) as { thread: { before: number; after: number } }
  return `${response.status} after ${figure(took)} ms: thread ${thread.before} was terminated and replaced by thread ${thread.after}.`
}

async function crash(): Promise<string> {
  const before = await thread()
  const { status } = await fetch('/crash', { method: 'POST' })
  const after = await thread()
  return `${status}: thread ${before} has exited. The next request was served by thread ${after}.`
}

async function thread(): Promise<number> {
  return ((await (await fetch('/thread')).json()) as { thread: number }).thread
}
