import { dirname, join, relative, sep } from 'node:path'

/** Writes the names of modules relative to the folder of the output. */
export class Specifiers {
  readonly #folder: string

  constructor(output: string) {
    this.#folder = dirname(output)
  }

  /** A specifier in `file`, as it has to be written in the output. */
  rebased(specifier: string, file: string): string {
    return /^\.{1,2}(\/|$)/.test(specifier) ? this.#relative(join(dirname(file), specifier)) : specifier
  }

  /**
   * The specifier of a source file: the JavaScript that it is compiled to, or the file itself if the configuration of
   * TypeScript says so.
   */
  of(source: string, keepsExtension = false): string {
    const path = this.#relative(source)
    return keepsExtension ? path : path.replace(/(?:\.d)?\.([cm]?)tsx?$/, '.$1js')
  }

  #relative(path: string): string {
    const from = relative(this.#folder, path).split(sep).join('/')
    return /^\.{1,2}(\/|$)/.test(from) ? from : `./${from}`
  }
}
