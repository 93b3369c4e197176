import { accessSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where Chromium is; `undefined` where it is not. */
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

/** Without what asks for anything outside of this machine. */
export const browserArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]
