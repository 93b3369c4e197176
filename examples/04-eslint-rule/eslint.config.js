import texts from './plugin.js'

export default [{ plugins: { texts }, rules: { 'texts/known-text': 'error' } }]
