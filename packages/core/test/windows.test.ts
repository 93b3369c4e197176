import { foldersIn, moduleUrl } from '@bridge/core/internal'
import { describe, expect, it } from 'vitest'

const onWindows = (url: URL | string): string => moduleUrl('import()', url, 'url', true)

describe('on Windows', () => {
  it.each([
    ['C:\\app\\tasks.js', 'file:///C:/app/tasks.js'],
    ['c:/app/tasks.js', 'file:///c:/app/tasks.js'],
    ['D:\\my app\\100%\\täsks#1.js', 'file:///D:/my%20app/100%25/t%C3%A4sks%231.js'],
    ['\\\\server\\share\\tasks.js', 'file://server/share/tasks.js'],
    ['file:///C:/app/tasks.js', 'file:///C:/app/tasks.js']
  ])('the module %s is %s', (path, url) => {
    expect(onWindows(path)).toBe(url)
  })

  it.each(['tasks.js', '.\\tasks.js', 'C:tasks.js'])('%s is not an absolute path, and refused', path => {
    expect(() => onWindows(path)).toThrow('url must be a URL or an absolute path')
  })

  it('our frames are recognized by URLs and by paths with backslashes', () => {
    const folders = foldersIn(new URL('file:///C:/my%20app/node_modules/@bridge/'), true)
    const isOurs = (frame: string): boolean => folders.some(folder => frame.includes(folder))
    expect(isOurs('    at run (C:\\my app\\node_modules\\@bridge\\pool\\dist\\index.cjs:1:2)')).toBe(true)
    expect(isOurs('    at run (file:///C:/my%20app/node_modules/@bridge/core/dist/index.js:1:2)')).toBe(true)
    expect(isOurs('    at run (C:\\my app\\node_modules\\@bridge\\iter\\src\\open-stream.ts:1:2)')).toBe(true)
    expect(isOurs('    at hash (C:\\my app\\dist\\tasks.js:1:2)')).toBe(false)
  })
})
