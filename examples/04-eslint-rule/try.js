import { ESLint } from 'eslint'

const eslint = new ESLint({ cwd: import.meta.dirname })
const [result] = await eslint.lintText("print(text('welcome'), text('wellcome'))\n")
for (const { line, ruleId, message } of result.messages) console.log(line, ruleId, message)
// prints: 1 texts/known-text there is no text 'wellcome'
