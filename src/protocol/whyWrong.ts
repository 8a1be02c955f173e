/**
 * The words for a frame that failed its check: which field, and what was expected there.
 *
 * The schema says it: the `description` nearest to the place where the check failed.
 */
import type { TSchema } from 'typebox'
import type { Validator } from 'typebox/compile'
import { placeName } from './place.js'

type Node = { readonly [key: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Names the first wrong field of a value that this validator refused. */
export const whyWrong = (validator: Validator, value: unknown): string => {
  const [error] = validator.Errors(value)
  if (error === undefined) return 'expected another value'
  const schema = at(validator.Type(), error.schemaPath)
  const steps = error.instancePath.split('/').slice(1).map(unescaped)
  if (error.keyword === 'required') {
    const holder = at(value, error.instancePath)
    const missing = error.params.requiredProperties.find((name) => !isNode(holder) || holder[name] === undefined)
    const field = missing === undefined ? undefined : at(schema, `/properties/${missing}`)
    return `${pathOf([...steps, missing ?? ''])}: missing, expected ${wordsOf(field)}`
  }
  return `${pathOf(steps)}: expected ${wordsOf(schema)}`
}

/** Follows a JSON pointer. */
const at = (from: unknown, pointer: string): unknown =>
  pointer
    .replace(/^#/, '')
    .split('/')
    .slice(1)
    .map(unescaped)
    .reduce<unknown>((node, step) => (isNode(node) ? node[step] : undefined), from)

const wordsOf = (schema: unknown): string => {
  const words = isNode(schema) ? (schema as TSchema & Node).description : undefined
  return typeof words === 'string' ? words : 'another value'
}

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')

const pathOf = (steps: readonly string[]): string =>
  placeName(steps.toReversed().map((step) => (/^\d+$/.test(step) ? Number(step) : step)))
