/** `chimera audit`: what is on record: to read it, take it along, check it without a node, and erase a text in it. */
import { readFile } from 'node:fs/promises'
import { UsageError } from '../../errors.js'
import { formats } from '../../protocol/formats.js'
import { findNode, nodeOptions } from '../access.js'
import { timeOf } from '../columns.js'
import { command } from '../command.js'
import { withOperator } from '../connected.js'
import { CommandFailure } from '../failure.js'
import { nodeCall } from '../nodeCall.js'
import { formatted, json, required, text } from '../option.js'
import { eachListed, pagingOptions } from '../paging.js'
import type { Checked, Expected } from '../record/recordCheck.js'
import { recordKey, recordLines } from '../record/recordExport.js'
import { faultText } from '../record/recordFault.js'
import { checkFile, writeRecord } from '../record/recordFile.js'
import { excerpt, jsonLine, note, print, printAs, printJson } from '../terminal.js'

const exported = command({
  name: 'export',
  about: 'Write the record of a tenant into a file that proves itself. For admins.',
  examples: ['chimera audit export --out record.ndjson'],
  options: { out: required(text('file', 'Where to. It is there once the record is whole.')), ...nodeOptions, json },
  run: async ({ out, json: asJson, ...node }) => {
    const access = await findNode(node, 'admin')
    const checked = await writeRecord(out, await recordKey(access), recordLines(access))
    tell(checked, out, asJson)
  },
})

const verified = command({
  name: 'verify',
  about: 'Check an exported record. With --key it needs no node.',
  examples: ['chimera audit key > key.pem', 'chimera audit verify record.ndjson --key key.pem'],
  arguments: { file: required(text('file', 'The record.')) },
  options: {
    key: text('pem', 'File with the public key. Default: the node is asked for it.'),
    of: formatted('tenant', 'Whose record it should be. Default: whose it says.', formats.tenant),
    kept: text('file', 'Checkpoints that were kept elsewhere, a line each: the record must agree with them.'),
    ...nodeOptions,
    json,
  },
  run: async ({ file, key, of, kept, json: asJson, ...node }) => {
    const pem = key === undefined ? await recordKey(await findNode(node, 'operator')) : await readGiven('--key', key)
    const expected = {
      ...(of === undefined ? {} : { tenant: of }),
      ...(kept === undefined ? {} : { kept: await readGiven('--kept', kept) }),
    }
    tell(await checkedFile(file, pem, expected), file, asJson)
  },
})

const key = command({
  name: 'key',
  about: 'Print the public key by which the record is signed, as PEM.',
  examples: ['chimera audit key > key.pem'],
  options: nodeOptions,
  run: async (node) => print((await recordKey(await findNode(node, 'operator'))).trimEnd()),
})

const checkpoint = command({
  name: 'checkpoint',
  about: 'Print how far the record goes, signed: kept elsewhere, it shows what was changed since. For admins.',
  examples: ['chimera audit checkpoint >> checkpoints.ndjson'],
  options: nodeOptions,
  run: async (node) => {
    const access = await findNode(node, 'admin')
    const answer = await nodeCall(access, 'GET', `/v1/tenants/${access.tenant}/audit/checkpoint`)
    print(String(answer.checkpoint))
  },
})

const erase = command({
  name: 'erase',
  about: 'Erase what was written freely in an entry: reasons, notes. The entry stays; this is on record. For admins.',
  examples: ['chimera audit erase 3/17 --reason "request of 2 May"'],
  arguments: {
    entry: required(formatted('entry', 'Its shard and number, as "chimera audit" shows them.', formats.auditEntry)),
  },
  options: { reason: text('text', 'Why. It is on record.'), ...nodeOptions, json },
  run: async ({ entry, reason, json: asJson, ...node }) => {
    const access = await findNode(node, 'admin')
    const body = JSON.stringify({ entry, ...(reason === undefined ? {} : { reason }) })
    const answer = await nodeCall(access, 'POST', `/v1/tenants/${access.tenant}/audit/erase`, body)
    printAs(asJson, answer, () => `${entry}: ${answer.changed === true ? 'erased' : 'was erased before'}`)
  },
})

async function readGiven(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${flag}: ${path} can't be read: ${(error as Error).message}`)
  }
}

async function checkedFile(path: string, key: string, expected: Expected): Promise<Checked> {
  try {
    return await checkFile(path, key, expected)
  } catch (error) {
    throw new UsageError(`${path}, or what it is held against: ${(error as Error).message}`)
  }
}

function tell(checked: Checked, file: string, asJson: boolean): void {
  if (checked.kind === 'wrong') {
    if (asJson) printJson(checked.fault)
    throw new CommandFailure(`${file}: ${faultText(checked.fault)}`)
  }
  const { summary } = checked
  printAs(asJson, summary, () => `${file}: right: ${summaryText(summary)}`)
  for (const entry of summary.losses) note(`Before entry ${entry} the ledger lost writes that it had acknowledged.`)
}

const summaryText = ({
  tenant,
  at,
  entries,
  chains,
  erased,
  dropped,
}: Extract<Checked, { kind: 'right' }>['summary']) =>
  [
    `${entries} entries of ${tenant} in ${chains} chains, as of ${timeOf(at)}`,
    ...(dropped > 0 ? [`${dropped} older ones dropped by retention`] : []),
    ...(erased > 0 ? [`texts of ${erased} erased`] : []),
  ].join('; ')

export const audit = command({
  name: 'audit',
  about: 'Read the audit log, oldest first. For admins.',
  examples: ['chimera audit --limit 100000 --json > audit.ndjson'],
  children: [exported, verified, key, checkpoint, erase],
  options: { ...pagingOptions, ...nodeOptions, json },
  run: async ({ limit, cursor, json, ...node }) => {
    let count = 0
    await withOperator(await findNode(node, 'admin'), (operator) =>
      eachListed(
        { limit, cursor },
        async (paging) => {
          const { entries: items, ...rest } = await operator.audit(paging)
          return { items, ...rest }
        },
        (items) => {
          count += items.length
          for (const entry of items) {
            if (json) printJson(entry)
            else print(lineOf(entry))
          }
        },
      ),
    )
    if (count === 0) note('Nothing is on record yet.')
  },
})

/** What stands in columns; the rest of an entry follows as it is. */
function lineOf(entry: unknown): string {
  const {
    at,
    kind,
    by,
    task,
    review,
    id,
    shard: _,
    seq: __,
    hash: ___,
    ...rest
  } = Object.assign(Object.create(null) as Partial<Record<string, unknown>>, entry)
  const about = [task === undefined ? [] : `task ${task}`, review === undefined ? [] : `card ${review}`]
    .flat()
    .join(', ')
  const more = Object.entries(rest).map(([name, value]) => `${name}=${jsonLine(value)}`)
  return `${timeOf(Number(at))}  ${id}  ${kind} by ${by}: ${about}  ${excerpt(more.join(' '), 300)}`.trimEnd()
}
