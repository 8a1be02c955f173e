/**
 * Is this a frame that the role may send, with each field as it should be?
 *
 * Good frames take one compiled check and nothing else. Only what fails is looked at again: first without its nils,
 * which in optional fields are as if they were missing, then for the words of the answer. Compiling makes code at
 * run time: for the node alone, no client imports this file.
 */
import type { TObject } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { limits } from './formats.js'
import { type FrameOf, framesOf, type Role } from './frames.js'
import { TaskSpec } from './producerFrames.js'
import { Raw } from './raw.js'
import { whyWrong } from './whyWrong.js'

export type ValueLimits = { readonly payloadBytes: number; readonly outputBytes: number }

export type Wrong = {
  readonly kind: 'invalid'
  /** Where it could be read. */
  readonly id?: number
  readonly code: 'INVALID' | 'BAD_FRAME' | 'TOO_LARGE'
  /** Names the field and what was expected. */
  readonly message: string
}

export type Checked<F> =
  | { readonly kind: 'ok'; readonly frame: F }
  | { readonly kind: 'unknownType'; readonly type: string; readonly id?: number }
  | Wrong

type Fields = Readonly<Record<string, unknown>>

const maxBytesOf = {
  payload: ({ payloadBytes }: ValueLimits) => payloadBytes,
  output: ({ outputBytes }: ValueLimits) => outputBytes,
  action: ({ outputBytes }: ValueLimits) => outputBytes,
  edited: ({ outputBytes }: ValueLimits) => outputBytes,
  meta: () => limits.metaBytes,
  metrics: () => limits.metaBytes,
} as const

type FreeKey = keyof typeof maxBytesOf

const freeKeys = Object.keys(maxBytesOf) as readonly FreeKey[]

/** A schema's compiled check, and which of its fields are free values. */
type Row = { readonly validator: Validator; readonly free: readonly FreeKey[] }

const rowOf = (schema: TObject): Row => ({
  validator: Compile(schema),
  free: freeKeys.filter((key) => key in schema.properties),
})

const rowsOf = (schemas: Readonly<Record<string, TObject>>): ReadonlyMap<string, Row> =>
  new Map(Object.entries(schemas).map(([type, schema]) => [type, rowOf(schema)]))

const rows: Readonly<Record<Role, ReadonlyMap<string, Row>>> = {
  agent: rowsOf(framesOf.agent),
  producer: rowsOf(framesOf.producer),
  operator: rowsOf(framesOf.operator),
}

const taskSpec = rowOf(TaskSpec)

export const checkFrame = <R extends Role>(
  role: R,
  frame: Fields,
  within: ValueLimits = limits,
): Checked<FrameOf<R>> => {
  const { type } = frame
  if (typeof type !== 'string') return wrong(frame, 'BAD_FRAME', 'type: expected a text')
  const row = rows[role].get(type)
  if (row === undefined) return { kind: 'unknownType', type, ...idOf(frame) }
  const checked = check<FrameOf<R>>(row, frame, within)
  // Without an id there is nothing that an answer to the request could refer to.
  if (checked.kind === 'invalid' && checked.message.startsWith('id: ')) return { ...checked, code: 'BAD_FRAME' }
  return checked
}

/** One item of a `submit`. */
export const checkTaskSpec = (
  item: unknown,
  within: ValueLimits = limits,
): { readonly kind: 'ok'; readonly spec: TaskSpec } | Wrong => {
  if (!isPlainMap(item)) return wrong({}, 'INVALID', 'expected a task (map)')
  const checked = check<TaskSpec>(taskSpec, item, within)
  if (checked.kind === 'invalid') return checked
  const spec = checked.frame
  if ((spec.queue === undefined) === (spec.steps === undefined))
    return wrong(
      {},
      'INVALID',
      spec.queue === undefined ? 'queue: missing, expected queue or steps' : 'steps: expected queue or steps, got both',
    )
  return { kind: 'ok', spec }
}

const check = <F>(
  row: Row,
  fields: Fields,
  within: ValueLimits,
): { readonly kind: 'ok'; readonly frame: F } | Wrong => {
  const { validator } = row
  let frame = fields
  if (!validator.Check(frame)) {
    frame = withoutNils(fields)
    if (!validator.Check(frame)) return wrong(frame, 'INVALID', whyWrong(validator, frame))
  }
  return unfitValue(row, frame, within) ?? { kind: 'ok', frame: frame as F }
}

/** The first free value that is too large, or holds what may not be passed on. */
const unfitValue = (row: Row, frame: Fields, within: ValueLimits): Wrong | undefined => {
  for (const key of row.free) {
    const value = frame[key]
    if (!(value instanceof Raw)) continue
    const maxBytes = maxBytesOf[key](within)
    if (value.bytes.length > maxBytes)
      return wrong(frame, 'TOO_LARGE', `${key}: expected at most ${maxBytes} bytes, got ${value.bytes.length}`)
    if (value.fault !== undefined) return wrong(frame, 'INVALID', `${key}: ${value.fault}`)
  }
  return undefined
}

/** These may be nil. */
const nilStays: ReadonlySet<string> = new Set(['payload', 'action', 'output'])

const withoutNils = (fields: Fields): Fields => {
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    const isNil = value === null || (value instanceof Raw && value.isNil && !nilStays.has(key))
    if (!isNil) kept[key] = isPlainMap(value) ? withoutNils(value) : value
  }
  return kept
}

const isPlainMap = (value: unknown): value is Fields =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Raw) &&
  !(value instanceof Uint8Array)

const idOf = ({ id }: Fields): { readonly id?: number } =>
  typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= limits.uint32 ? { id } : {}

const wrong = (frame: Fields, code: Wrong['code'], message: string): Wrong => ({
  kind: 'invalid',
  ...idOf(frame),
  code,
  message,
})
