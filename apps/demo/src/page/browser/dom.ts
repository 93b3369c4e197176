/** The element with this id, which must exist. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no #${id}`)
  return element as E
}

/** A new element, with a class and a text. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { className, text }: { className?: string; text?: string } = {}
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  if (className !== undefined) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}

/** A colour of the page's style. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** A number in readable form. */
export const figure = (value: number): string => Math.round(value).toLocaleString('en')

/** Milliseconds; small ones with a decimal. */
export const milliseconds = (value: number): string => (value < 10 ? value.toFixed(1) : figure(value))

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
