/**
 * What does a frame cost on its way in and out? Nanoseconds each for reading, checking and encoding the frames that a
 * busy node sees, with msgpackr's plain reading and writing of the same beside it.
 */
import { Packr, Unpackr } from 'msgpackr'
import { checkFrame, checkTaskSpec } from '../src/protocol/check.js'
import { encodeFrame, encodeMessage } from '../src/protocol/encoding.js'
import { Raw } from '../src/protocol/raw.js'
import { readMessage } from '../src/protocol/reading.js'
import { isTiny } from './report.js'

const rounds = isTiny ? 1_000 : 300_000
const packr = new Packr({ useRecords: false, variableMapSize: true })
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' })

const id = 'V1StGXR8_Z5jdHi6B-myT'
const lease = 'k'.repeat(150)
const body = { subject: 'Re: the meeting', body: 'x'.repeat(190), tags: ['mail', 'list'], n: 3 }
const deadline = 1_763_000_000_000

const result = { type: 'result', id: 7, task: id, lease, output: body, confidence: 0.93, credits: 1 }
const heartbeat = { type: 'heartbeat', id: 7, status: 'IDLE' }
const task = {
  type: 'task',
  task: { id, lease, queue: 'classify', step: 1, steps: 2, attempt: 1, payload: body, deadline },
}
const taskWithRaw = { ...task, task: { ...task.task, payload: Raw.of(body) } }
const spec = { queue: 'classify', payload: body, key: id, priority: 'normal' }
const submit = { type: 'submit', id: 7, tasks: Array.from({ length: 64 }, () => spec) }

/** Kept, so that nothing measured can be left out. */
let kept: unknown

/** The median of five runs. */
const measure = (name: string, bytes: number, run: () => unknown): void => {
  const each: number[] = []
  for (let i = 0; i < 6; i++) {
    const from = process.hrtime.bigint()
    for (let round = 0; round < rounds; round++) kept = run()
    each.push(Number(process.hrtime.bigint() - from) / rounds)
  }
  // The first one warms up.
  const [, , , median = 0] = [Number.NaN, ...each.slice(1).sort((a, b) => a - b)]
  console.log(JSON.stringify({ bench: 'codec', case: name, bytes, ns: Math.round(median), rounds }))
}

const buffer = (value: object): Buffer => Buffer.from(encodeFrame(value))
const resultBytes = buffer(result)
const heartbeatBytes = buffer(heartbeat)
const submitBytes = buffer(submit)
const taskBytes = buffer(task)
const first = (bytes: Uint8Array) => {
  const message = readMessage(bytes)
  if (message.kind !== 'frames' || message.frames[0] === undefined) throw new Error('the frame was refused')
  return message.frames[0]
}
const [readResult, readHeartbeat] = [first(resultBytes), first(heartbeatBytes)]
const readSpec = { ...spec, payload: Raw.of(body) }
const outputs = Raw.of(body)
const eight = Array.from({ length: 8 }, () => encodeFrame(taskWithRaw))

measure('read heartbeat', heartbeatBytes.length, () => readMessage(heartbeatBytes))
measure('read result', resultBytes.length, () => readMessage(resultBytes))
measure('read task', taskBytes.length, () => readMessage(taskBytes))
measure('read submit of 64', submitBytes.length, () => readMessage(submitBytes))
measure('msgpackr reads result', resultBytes.length, () => unpackr.unpack(resultBytes))
measure('msgpackr reads submit of 64', submitBytes.length, () => unpackr.unpack(submitBytes))
measure('check heartbeat', heartbeatBytes.length, () => checkFrame('agent', readHeartbeat))
measure('check result', resultBytes.length, () => checkFrame('agent', readResult))
measure('check task spec', outputs.bytes.length, () => checkTaskSpec(readSpec))
measure('encode task', taskBytes.length, () => encodeFrame(taskWithRaw))
measure('msgpackr writes task', taskBytes.length, () => packr.pack(task))
measure('encode message of 8 tasks', taskBytes.length * 8, () => encodeMessage(eight))
measure('decode free value', outputs.bytes.length, () => outputs.value())
measure('msgpackr reads free value', outputs.bytes.length, () => unpackr.unpack(outputs.bytes))
measure('encode free value', outputs.bytes.length, () => Raw.of(body))
if (kept === undefined) throw new Error('nothing was measured')
