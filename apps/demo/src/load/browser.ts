import { accessSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of Chromium; `undefined` if it is not installed. */
export function browserPath(): string | undefined {
  const places = process.env.CHROMIUM === undefined ? PLACES : [process.env.CHROMIUM]
  return places.find(path => {
    try {
      accessSync(path)
      return true
    } catch {
      return false
    }
  })
}

/** Disables everything that connects to other machines. */
export const browserArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]
