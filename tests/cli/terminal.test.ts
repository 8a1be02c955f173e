import { describe, expect, it } from 'vitest'
import { columns, roughly, wrapped } from '../../src/cli/columns.js'
import { excerpt, jsonLine, printable } from '../../src/cli/terminal.js'

describe('what is printed', () => {
  it('[N60] never tells the terminal what to do, nor shows a text in another order', () => {
    expect(printable('a\u001b[2Jb\u009bc\u0007\rd\te\n\u202ef')).toBe('a\ufffd[2Jb\ufffdc\ufffd\ufffdd e\n\ufffdf')
    const line = jsonLine({ text: '\u001b[2J\u009b\u007f\u202e' })
    expect(line).toBe('{"text":"\\u001b[2J\\u009b\\u007f\\u202e"}')
    expect(JSON.parse(line)).toEqual({ text: '\u001b[2J\u009b\u007f\u202e' })
  })

  it('[N61] says free values as the protocol does', () => {
    expect(jsonLine({ bytes: new Uint8Array([255]), big: 2n ** 63n, $a: undefined, $b: 1 })).toBe(
      '{"bytes":{"$bin":"/w=="},"big":{"$int":"9223372036854775808"},"$$b":1}',
    )
  })

  it('[N62] is cut, aligned and wrapped as a person reads it', () => {
    expect(excerpt('  one\n two 🙂🙂', 10)).toBe('one two \ufffd…')
    expect(
      columns([
        ['a', 'b'],
        ['long', 'c'],
      ]),
    ).toEqual(['a     b', 'long  c'])
    expect(wrapped('label  one two three', 14, 7)).toEqual(['label  one two', '       three'])
    expect(wrapped(`label  ${'x'.repeat(10)}`, 12, 7)).toEqual(['label  xxxxx', '       xxxxx'])
    expect([59_999, 60_000, 7_200_000, 172_800_000, -5].map(roughly)).toEqual(['59s', '1m', '2h', '2d', '0s'])
  })
})
