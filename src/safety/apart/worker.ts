/** The thread that judges what would take the node's event loop too long. It has nothing but what its jobs bring. */

import { type MessagePort, parentPort } from 'node:worker_threads'
import { Raw } from '../../protocol/raw.js'
import type { Gate } from '../../tasks/verdict.js'
import { createGate, filtersOf } from '../gate.js'
import { hashOfOutput } from '../outputHash.js'
import { readPolicyText, type TenantPolicy } from '../policy/document.js'
import { defaultPolicy, type GatePolicy } from '../policy.js'
import { type FromWorker, hashOfBytes, type Job } from './job.js'

/** Policies are read once. Emptied when full: a tenant's own come one after the other. */
const policies = new Map<string, TenantPolicy>()
const policiesMost = 64

let policy: GatePolicy | undefined
let drawn = 0
const gate: Gate = createGate(
  () => policy,
  filtersOf,
  () => drawn,
)

function answer(job: Job): FromWorker {
  const { id, bytes, document, queue } = job
  policy = policyFor(document, queue)
  drawn = job.drawn
  const value = new Raw(bytes).value()
  const verdict = gate.judge({ ...job, value })
  const outputHash = verdict.kind === 'hold' ? hashOfOutput(value) : ''
  return { kind: 'judged', id, judgedBytes: hashOfBytes(bytes), verdict, outputHash }
}

/** Undefined: it can't be read, and everything is held. */
function policyFor(document: string | null, queue: string): GatePolicy | undefined {
  if (document === null) return defaultPolicy
  const known = policies.get(document)
  if (known !== undefined) return known.forQueue(queue)
  const reading = readPolicyText(document, 'stored')
  if (reading.kind === 'refused') return undefined
  if (policies.size >= policiesMost) policies.clear()
  policies.set(document, reading.policy)
  return reading.policy.forQueue(queue)
}

/** The first texts take many times as long as the later ones: before there is a job that waits for it. */
function warmUp(): void {
  const value = {
    rows: Array.from({ length: 20 }, (_, i) => ({ id: `a${i}-b7c`, at: i, note: 'A line, as many are.' })),
  }
  const bytes = Raw.of(value).bytes
  const said = { tenant: '', queue: '', kind: 'text', document: null, drawn: 1 } as const
  for (let id = 0; id < 50; id += 1) answer({ ...said, id, bytes })
}

function serve(port: MessagePort): void {
  warmUp()
  port.on('message', (job: Job) => port.postMessage(answer(job)))
  port.postMessage({ kind: 'ready' } satisfies FromWorker)
}

// Whoever only reads this file gets no worker.
if (parentPort !== null) serve(parentPort)
