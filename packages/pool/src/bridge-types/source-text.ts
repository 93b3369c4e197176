import type ts from 'typescript'

/** The text of a node, with replacements for some of its parts by `replace`. */
export function textWith(
  node: ts.Node,
  forEachChild: typeof ts.forEachChild,
  replace: (node: ts.Node) => string | undefined
): string {
  const file = node.getSourceFile()
  let text = ''
  let done = node.getStart(file)
  const visit = (one: ts.Node): void => {
    const instead = replace(one)
    if (instead === undefined) {
      forEachChild(one, visit)
      return
    }
    text += file.text.slice(done, one.getStart(file)) + instead
    done = one.end
  }
  visit(node)
  return text + file.text.slice(done, node.end)
}

/** The last documentation comment of a declaration and a line break, or an empty text. */
export function docOf(typescript: typeof ts, node: ts.Node): string {
  const doc = typescript.getJSDocCommentsAndTags(node).filter(typescript.isJSDoc).at(-1)
  if (doc === undefined) return ''
  const [first = '', ...others] = doc.getSourceFile().text.slice(doc.pos, doc.end).split(/\r?\n/)
  return `${[first, ...others.map(line => ` ${line.trimStart()}`)].join('\n')}\n`
}
