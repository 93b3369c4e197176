import { loop } from '@bridge/pool'

const { hasText } = loop.importSync(new URL('./texts.js', import.meta.url))

const knownText = {
  meta: { type: 'problem', messages: { unknown: "there is no text '{{key}}'" }, schema: [] },
  create: context => ({
    CallExpression(node) {
      const [key] = node.arguments
      if (node.callee.name !== 'text' || typeof key?.value !== 'string') return
      if (!hasText(key.value)) context.report({ node: key, messageId: 'unknown', data: { key: key.value } })
    }
  })
}

export default { rules: { 'known-text': knownText } }
