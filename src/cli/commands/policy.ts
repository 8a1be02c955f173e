/** `chimera policy`: what the gate holds: to see it, check it, try it, and put it into force. */
import { UsageError } from '../../errors.js'
import { formats } from '../../protocol/formats.js'
import { catalogue } from '../../safety/catalogue.js'
import { findNode, nodeOptions } from '../access.js'
import { type BacktestAnswer, backtestLines } from '../backtestReport.js'
import { command } from '../command.js'
import { CommandFailure } from '../failure.js'
import { nodeCall } from '../nodeCall.js'
import { flag, formatted, integer, json, required, text } from '../option.js'
import { parsed, readPolicyFile, textOf } from '../policyFile.js'
import { outputIn, trialLines, tryLines } from '../policyTrial.js'
import { ruleLines, ruleTables } from '../ruleList.js'
import { note, print, printAs, printJson } from '../terminal.js'

const file = required(text('file', 'The policy, as JSON; - is the standard input.'))

const show = command({
  name: 'show',
  about: 'Print the policy in force, with its version: a file that "apply" takes.',
  examples: ['chimera policy show > policy.json'],
  options: { ...nodeOptions },
  run: async (node) => {
    const access = await findNode(node, 'operator')
    const { version, policy } = await nodeCall(access, 'GET', `/v1/tenants/${access.tenant}/policy`)
    print(JSON.stringify({ version, policy }, null, 2))
  },
})

const check = command({
  name: 'check',
  about: 'Say whether a policy is right, and its version. Needs no node.',
  examples: ['chimera policy check policy.json'],
  arguments: { file },
  options: { json },
  run: async ({ file: path, json: asJson }) => {
    const { policy } = await readPolicyFile(path)
    printAs(asJson, { version: policy.version }, () => `${path}: right, ${policy.version}`)
  },
})

const apply = command({
  name: 'apply',
  about: 'Put a policy into force. Done once all nodes judge by it. For admins.',
  examples: ['chimera policy apply policy.json'],
  arguments: { file },
  options: {
    over: text('version', 'Only where this one is in force. Default: the one in the file, where "show" wrote it.'),
    ...nodeOptions,
    json,
  },
  run: async ({ file: path, over, json: asJson, ...node }) => {
    const { document, madeFrom } = await readPolicyFile(path)
    const access = await findNode(node, 'admin')
    const expected = over ?? madeFrom
    const headers = expected === undefined ? {} : { 'if-match': `"${expected}"` }
    const body = JSON.stringify(document)
    const answer = await nodeCall(access, 'PUT', `/v1/tenants/${access.tenant}/policy`, body, headers)
    printAs(asJson, answer, () =>
      answer.changed ? `${answer.version} is in force; before: ${answer.before}` : `${answer.version} (as before)`,
    )
  },
})

const test = command({
  name: 'test',
  about: 'Judge texts by a policy: what it holds, and why. Needs no node. Fails where something is held.',
  examples: [
    'chimera policy test policy.json --texts samples.txt',
    'echo "my password" | chimera policy test policy.json',
  ],
  arguments: { file },
  options: {
    texts: text('file', 'A text a line. Default: the standard input.'),
    values: flag('Each line is an output, as JSON.'),
    queue: formatted('name', 'As said in this queue.', formats.name),
    json,
  },
  run: async ({ file: path, texts = '-', values, queue = 'test', json: asJson }) => {
    if (path === '-' && texts === '-')
      throw new UsageError('--texts: expected a file where the policy is the standard input')
    const { policy } = await readPolicyFile(path)
    const lines = (await textOf(texts)).split(/\r?\n/)
    const outputOf = (line: string, at: number) => (values ? outputIn(parsed(line, `${texts}:${at}`)) : line)
    let judged = 0
    let held = 0
    for (const trial of tryLines(policy, lines, { queue, at: Date.now(), outputOf })) {
      judged++
      if (trial.verdict.kind === 'hold') held++
      if (asJson) printJson({ line: trial.line, ...trial.verdict })
      else for (const line of trialLines(trial)) print(line)
    }
    note(`${judged} judged by ${policy.version}, ${held} held`)
    if (held > 0) throw new CommandFailure(`${held} held`)
  },
})

const backtest = command({
  name: 'backtest',
  about:
    'Let a policy judge what went by: what would have gone another way, and how people had decided it. For admins.',
  examples: ['chimera policy backtest policy.json --limit 5000'],
  arguments: { file },
  options: {
    limit: integer('n', 'The newest so many results, and cards of each status. Default: 1000.', 1, 10_000),
    ...nodeOptions,
    json,
  },
  run: async ({ file: path, limit, json: asJson, ...node }) => {
    const { document } = await readPolicyFile(path)
    const access = await findNode(node, 'admin')
    const query = limit === undefined ? '' : `?limit=${limit}`
    const call = `/v1/tenants/${access.tenant}/policy/backtest${query}`
    const answer = (await nodeCall(access, 'POST', call, JSON.stringify(document))) as unknown as BacktestAnswer
    if (asJson) printJson(answer)
    else for (const line of backtestLines(answer)) print(line)
  },
})

const rules = command({
  name: 'rules',
  about: 'List the rules: what each finds, and what it lets pass. Needs no node.',
  examples: ['chimera policy rules', 'chimera policy rules --json'],
  options: { markdown: flag('As the tables of docs/gate.md.'), json },
  run: async ({ markdown, json: asJson }) => {
    if (asJson) for (const rule of catalogue().values()) printJson(rule)
    else for (const line of markdown ? ruleTables() : ruleLines()) print(line)
  },
})

export const policy = command({
  name: 'policy',
  about: 'What the gate holds: see it, check it, try it, put it into force.',
  examples: [
    'chimera policy show > policy.json',
    'chimera policy test policy.json',
    'chimera policy apply policy.json',
  ],
  children: [show, check, apply, test, backtest, rules],
  run: async () => {
    throw new UsageError(
      'policy: expected one of show, check, apply, test, backtest, rules; see "chimera policy --help"',
    )
  },
})
