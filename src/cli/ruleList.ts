/** The rules of the gate, for people who write policies. */
import { type CatalogueRule, catalogue } from '../safety/catalogue.js'
import { columns } from './columns.js'

export function ruleLines(): readonly string[] {
  const rows = [...catalogue().values()].map((rule) => [rule.id, rule.reason, weightOf(rule), rule.finds])
  return columns([['RULE', 'REASON', 'SEVERITY', 'FINDS'], ...rows])
}

const weightOf = ({ severity, isSeed }: CatalogueRule): string =>
  `${severity ?? 'as its reason'}${isSeed ? ', always on' : ''}`

/** The tables of docs/gate.md, one for each family. */
export function ruleTables(): readonly string[] {
  const families = new Map<string, CatalogueRule[]>()
  for (const rule of catalogue().values()) {
    const family = rule.id.split('.')[0] ?? ''
    families.set(family, [...(families.get(family) ?? []), rule])
  }
  return [...families].flatMap(([family, rules]) => [
    `### ${family}`,
    '',
    '| rule | finds | held | passes |',
    '| --- | --- | --- | --- |',
    ...rules.map(
      (rule) => `| ${nameCell(rule)} | ${cell(rule.finds)} | ${listed(rule.hits)} | ${listed(rule.misses)} |`,
    ),
    '',
  ])
}

const nameCell = ({ id, isSeed }: CatalogueRule): string => `\`${id}\`${isSeed ? ' (always on)' : ''}`

const listed = (texts: readonly string[]): string => texts.map(code).join('<br>')

const shownChars = 120

/** Code on one line of a table, whatever it holds: with a fence of its own length, and no bar. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const cut = line.length > shownChars ? `${line.slice(0, shownChars).toWellFormed()}…` : line
  const longest = Math.max(0, ...[...cut.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return cell(`${fence}${pad}${cut}${pad}${fence}`)
}

const cell = (text: string): string => text.replaceAll('|', '\\|')
