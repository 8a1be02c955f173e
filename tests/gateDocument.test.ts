/** The rules that docs/gate.md lists are those that there are. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ruleTables } from '../src/cli/ruleList.js'

test('[DOCS8] docs/gate.md has each rule of the gate as `chimera policy rules --markdown` tells it', () => {
  const document = readFileSync(join(import.meta.dirname, '../docs/gate.md'), 'utf8')
  expect(document.slice(document.indexOf('### ')).trim()).toBe(ruleTables().join('\n').trim())
})
