/** A policy in a file: as its author wrote it, or as `chimera policy show` printed it, with the version it was made from. */
import { readFile } from 'node:fs/promises'
import { UsageError } from '../errors.js'
import { readPolicy, type TenantPolicy } from '../safety/policy/document.js'
import { CommandFailure } from './failure.js'
import { readInput } from './terminal.js'

export type PolicyFile = {
  readonly document: unknown
  readonly policy: TenantPolicy
  /** Of the policy that it was made from, where it says so. */
  readonly madeFrom: string | undefined
}

/** `-` is the standard input. Throws `UsageError` for what is no JSON, `CommandFailure` for what is no policy. */
export async function readPolicyFile(path: string): Promise<PolicyFile> {
  const said = parsed(await textOf(path), path)
  const shown = shownPolicy(said)
  const document = shown?.policy ?? said
  const reading = readPolicy(document)
  if (reading.kind === 'refused') {
    throw new CommandFailure(`${path}: ${reading.path === '' ? 'the policy' : reading.path}: ${reading.reason}`)
  }
  return { document, policy: reading.policy, madeFrom: shown?.version }
}

export async function textOf(path: string): Promise<string> {
  if (path === '-') return readInput()
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${place}: expected JSON (${error instanceof Error ? error.message : String(error)})`)
  }
}

function shownPolicy(said: unknown): { readonly policy: unknown; readonly version: string } | undefined {
  if (typeof said !== 'object' || said === null || !('policy' in said) || !('version' in said)) return undefined
  return typeof said.version === 'string' ? { policy: said.policy, version: said.version } : undefined
}
