/**
 * A policy as its authors write it: JSON, about the tenant and, under `queues`, about single queues, where what is said
 * goes before what is said of the tenant. It is read whole or not at all.
 */

import { limits } from '../../protocol/formats.js'
import { canonicalForm } from '../canonicalForm.js'
import { catalogue } from '../catalogue.js'
import { KeywordPattern } from '../filters/keywordPattern.js'
import { wordLists } from '../filters/words/wordLists.js'
import { type GatePolicy, policyWith, versionOf } from '../policy.js'
import { defaultTerms, type PolicyTerms, type RuleTerms } from '../policyTerms.js'
import { readAllowance } from './allowanceText.js'
import { nearNames } from './nearNames.js'
import { readKeywords, readPatterns, readSchema } from './ownRules.js'
import { readApprovals, readReviewMs } from './reviewTerms.js'
import {
  below,
  integerAt,
  type JsonMap,
  listAt,
  mapAt,
  numberAt,
  oneOf,
  onlyNames,
  severityWords,
  Wrong,
} from './wrong.js'

/** What a tenant is judged by: of one version, with terms of its own for each queue. */
export type TenantPolicy = {
  readonly version: string
  forQueue(queue: string): GatePolicy
}

export type PolicyReading =
  | { readonly kind: 'policy'; readonly policy: TenantPolicy }
  /** `path`: JSON pointer to what is wrong. */
  | { readonly kind: 'refused'; readonly path: string; readonly reason: string }

const mostQueues = 256
/** Of all queues together: each has to be compiled. */
const mostPatterns = 256
const mostAllowances = 1_000
const queueName = /^[A-Za-z0-9._-]{1,64}$/

/** `stored`: it was good for the node that took it in, and may name rules that this one doesn't have. */
export type Strictness = 'new' | 'stored'

/** Never throws. `document` as `JSON.parse` gives it. */
export function readPolicy(document: unknown, strictness: Strictness = 'new'): PolicyReading {
  try {
    return { kind: 'policy', policy: tenantPolicy(mapAt(document, ''), strictness) }
  } catch (fault) {
    if (fault instanceof Wrong) return { kind: 'refused', path: fault.path, reason: fault.reason }
    throw fault
  }
}

/** Never throws. */
export function readPolicyText(text: string, strictness: Strictness = 'new'): PolicyReading {
  if (Buffer.byteLength(text) > limits.policyBytes) {
    return { kind: 'refused', path: '', reason: `expected at most ${limits.policyBytes} bytes of JSON` }
  }
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (fault) {
    return {
      kind: 'refused',
      path: '',
      reason: `expected JSON: ${fault instanceof Error ? fault.message : 'unreadable'}`,
    }
  }
  return readPolicy(document, strictness)
}

function tenantPolicy(document: JsonMap, strictness: Strictness): TenantPolicy {
  const { queues = {}, ...own } = document
  const terms = termsOver(defaultTerms, own, '', strictness, ['queues'])
  const written = Object.entries(mapAt(queues, '/queues'))
  if (written.length > mostQueues) throw new Wrong('/queues', `expected at most ${mostQueues}, got ${written.length}`)
  let version: string | undefined
  const versionText = () => {
    // Two documents that say the same have one version, in whatever order they say it.
    version ??= versionOf(JSON.parse(canonicalForm(document)))
    return version
  }
  const ofTenant = policyWith(terms, versionText)
  const ofQueues = new Map(
    written.map(([queue, says]) => {
      const path = below('/queues', queue)
      if (!queueName.test(queue)) throw new Wrong(path, "expected a queue's name: 1 to 64 of A-Z a-z 0-9 . _ -")
      return [queue, policyWith(termsOver(terms, mapAt(says, path), path, strictness), versionText)]
    }),
  )
  const patterns = [...ofQueues.values()].reduce(
    (sum, one) => sum + one.patterns.length - terms.patterns.length,
    terms.patterns.length,
  )
  if (patterns > mostPatterns) throw new Wrong('', `expected at most ${mostPatterns} patterns in all, got ${patterns}`)
  return {
    get version() {
      return versionText()
    },
    forQueue: (queue) => ofQueues.get(queue) ?? ofTenant,
  }
}

const fields = [
  'confidenceThreshold',
  'rules',
  'severities',
  'words',
  'keywords',
  'patterns',
  'schema',
  'allow',
  'samplePercent',
  'approvals',
  'reviewMs',
  'reveal',
  'limits',
] as const

const switchWords = ['on', 'off'] as const
const readSwitch = (value: unknown, path: string): boolean => oneOf(value, path, switchWords) === 'on'

/** What is said here, over what holds where nothing is said. Lists add to those above, all else replaces. */
function termsOver(
  terms: PolicyTerms,
  says: JsonMap,
  path: string,
  strictness: Strictness,
  more: readonly string[] = [],
): PolicyTerms {
  onlyNames(says, path, [...fields, ...more])
  const at = (name: (typeof fields)[number]): string => below(path, name)
  const given = <Value, Fallback>(
    name: (typeof fields)[number],
    read: (value: unknown, path: string) => Value,
    fallback: Fallback,
  ): Value | Fallback => (says[name] === undefined ? fallback : read(says[name], at(name)))

  const keywords = given('keywords', readKeywords, [])
  const patterns = [...terms.patterns, ...given('patterns', readPatterns(terms.patterns), [])]
  const own = new Set([
    ...[...terms.keywords, ...keywords].map((keyword) => new KeywordPattern(keyword).rule.id),
    ...patterns.map(({ rule }) => rule.id),
  ])
  const knows = (id: string, where: string): boolean => isRule(id, where, own, strictness)
  return {
    confidenceThreshold: given(
      'confidenceThreshold',
      (value, p) => numberAt(value, p, 0, 1),
      terms.confidenceThreshold,
    ),
    keywords: [...terms.keywords, ...keywords],
    rules: merged(
      terms.rules,
      given('rules', (value, p) => readRules(value, p, knows), nothing),
    ),
    severities: { ...terms.severities, ...given('severities', readSeverities(terms.severities), {}) },
    patterns,
    schema: given('schema', readSchema, terms.schema),
    words: merged(terms.words, given('words', readWords, nothing)),
    allowances: [...terms.allowances, ...given('allow', (value, p) => readAllowances(value, p, knows), [])],
    samplePercent: given('samplePercent', (value, p) => numberAt(value, p, 0, 100), terms.samplePercent),
    approvals: { ...terms.approvals, ...given('approvals', readApprovals, {}) },
    reviewMs: { ...terms.reviewMs, ...given('reviewMs', readReviewMs, {}) },
    mayReveal: given('reveal', readSwitch, terms.mayReveal),
    limits: { ...terms.limits, ...given('limits', readLimits, {}) },
  }
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>()

const merged = <Value>(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> =>
  b.size === 0 ? a : new Map([...a, ...b])

/** False: it is passed over. Throws `Wrong` where it names none, or one that no policy may touch so. */
function isRule(id: string, path: string, own: ReadonlySet<string>, strictness: Strictness): boolean {
  if (catalogue().has(id) || own.has(id)) return true
  if (id.startsWith('gate.')) throw new Wrong(path, 'a fault of the gate always holds: no policy can lift it')
  if (strictness === 'stored') return false
  const near = nearNames(id, [...catalogue().keys(), ...own])
  throw new Wrong(path, `there is no rule ${JSON.stringify(id)}${near || '; "chimera policy rules" lists them'}`)
}

type Knows = (id: string, path: string) => boolean

function readRules(value: unknown, path: string, knows: Knows): ReadonlyMap<string, RuleTerms> {
  const rules = new Map<string, RuleTerms>()
  for (const [id, says] of Object.entries(mapAt(value, path))) {
    const where = below(path, id)
    if (!knows(id, where)) continue
    const word = oneOf(says, where, [...switchWords, ...severityWords])
    if (word === 'off' && catalogue().get(id)?.isSeed)
      throw new Wrong(where, 'a seed rule: no policy can switch it off')
    rules.set(id, word === 'on' || word === 'off' ? { isOn: word === 'on' } : { isOn: true, severity: word })
  }
  return rules
}

const readSeverities =
  (known: PolicyTerms['severities']) =>
  (value: unknown, path: string): Partial<PolicyTerms['severities']> => {
    const says = mapAt(value, path)
    onlyNames(says, path, Object.keys(known))
    return Object.fromEntries(
      Object.entries(says).map(([reason, word]) => [reason, oneOf(word, below(path, reason), severityWords)]),
    )
  }

function readWords(value: unknown, path: string): ReadonlyMap<string, boolean> {
  const says = mapAt(value, path)
  onlyNames(
    says,
    path,
    wordLists.map(({ name }) => name),
  )
  return new Map(Object.entries(says).map(([name, word]) => [name, readSwitch(word, below(path, name))]))
}

function readAllowances(value: unknown, path: string, knows: Knows): PolicyTerms['allowances'] {
  return listAt(value, path, mostAllowances).flatMap((one, at) => {
    const where = below(path, at)
    const allowance = readAllowance(one, where, path !== '/allow')
    if (!knows(allowance.rule, below(where, 'rule'))) return []
    if (catalogue().get(allowance.rule)?.isSeed) {
      throw new Wrong(below(where, 'rule'), 'a seed rule: no allowance can lift it')
    }
    return [allowance]
  })
}

/** A policy can only let less be read, in less time: the most is what the gate can do without a stall. */
function readLimits(value: unknown, path: string): Partial<PolicyTerms['limits']> {
  const says = mapAt(value, path)
  const most: JsonMap = { ...defaultTerms.limits }
  onlyNames(says, path, Object.keys(most))
  return Object.fromEntries(
    Object.entries(says).map(([name, n]) => [name, integerAt(n, below(path, name), 1, Number(most[name]))]),
  )
}
