/**
 * How a loss is noticed: a key that says whose keys these are, and one in each shard whose token is made once.
 *
 * A flush, another server behind the same name, or a lost disk takes the tokens along. Each missing one is made anew by
 * exactly one node, by SET NX; the generation is a hash over all of them, so every node comes to the same one without
 * asking another. The number of shards decides where the shards are, so it stands with the name, which doesn't move.
 */
import { createHash } from 'node:crypto'
import type { NewId } from '../../ids.js'
import { LedgerRefusal } from '../ledgerRefusal.js'
import { findForeignKey } from './canaryForeignKey.js'
import type { RedisConnection } from './connection.js'
import { RedisError } from './connectionError.js'

export type Canary = {
  /** Of the cluster, for as long as it lives. */
  readonly clusterId: string
  /** Another one: something that was acknowledged was lost. */
  readonly generation: string
  /** By shard. */
  readonly tokens: readonly string[]
}

export type CanaryOptions = {
  readonly connection: RedisConnection
  /** All keys of the cluster begin with it, and a colon. */
  readonly cluster: string
  /** What the keys of each shard begin with. */
  readonly prefixes: readonly string[]
  readonly newId: NewId
}

/** What is there now. Null: missing. */
export type Seen = {
  /** As the name says, or a token. */
  readonly clusterId: string | null
  readonly isNamed: boolean
  readonly tokens: readonly (string | null)[]
}

const generationLength = 16

const clusterKey = (cluster: string): string => `${cluster}:cluster`
const canaryKey = (prefix: string): string => `${prefix}canary`

/** Rejects with a `LedgerRefusal` where the keys are somebody else's, or of a cluster with other settings. */
export async function lookAtCanary({ connection, cluster, prefixes }: CanaryOptions): Promise<Seen> {
  const [name, ...others] = await Promise.all(
    [clusterKey(cluster), ...prefixes.map(canaryKey)].map((key) => readText(connection, key)),
  )
  const [, named, shards] = matched(name, /^chimera (\w+) (\d+)$/) ?? missing(cluster, name, clusterKey(cluster))
  if (shards !== undefined && Number(shards) !== prefixes.length)
    throw new LedgerRefusal(
      'different',
      `the cluster "${cluster}" was made with ${shards} shards, not ${prefixes.length}; give it ${shards}, or another name`,
    )
  const marks = others.map((text, shard) => {
    const key = canaryKey(prefixes[shard] ?? '')
    const [, owner, token] = matched(text, /^(\w+) (\w+)$/) ?? missing(cluster, text, key)
    return { owner, token: token ?? null }
  })
  const ids = new Set([named, ...marks.map(({ owner }) => owner)].filter((id) => id !== undefined))
  if (ids.size > 1) throw mixed(cluster)
  const [clusterId = null] = ids
  return { clusterId, isNamed: named !== undefined, tokens: marks.map(({ token }) => token) }
}

const matched = (text: string | null | undefined, pattern: RegExp): readonly string[] | null => pattern.exec(text ?? '')

/** Only what is not there at all is missing; anything else in its place is somebody's. */
function missing(cluster: string, text: string | null | undefined, key: string): readonly undefined[] {
  if (text !== null) throw taken(cluster, key)
  return []
}

/** What a node knows of its cluster before it looks. */
export type KnownCluster = {
  readonly id: string
  /** It was part of it before, so what is missing was lost. Else a person says that this is its id. */
  readonly hasJoined: boolean
}

/** Makes what is missing, which on a first start is all. Rejects with a `LedgerRefusal` where it is another cluster's. */
export async function openCanary(options: CanaryOptions, known?: KnownCluster): Promise<Canary> {
  const { connection, cluster, newId } = options
  const seen = await lookAtCanary(options)
  if (seen.clusterId === null && known?.hasJoined !== true) {
    const foreign = await findForeignKey(connection, cluster)
    // Unless it is of another node, which makes the cluster just now.
    if (foreign !== undefined && !(await lookAtCanary(options)).isNamed) throw taken(cluster, foreign)
  }
  const id = seen.clusterId ?? known?.id ?? newId()
  // A server that is short of memory refuses to write what it has.
  if (!seen.isNamed && (known === undefined || known.id === id)) await writeName(options, id)
  const named = await lookAtCanary(options)
  const clusterId = named.clusterId ?? id
  if (known !== undefined && clusterId !== known.id) throw notOurs(cluster)
  return await renewCanary(options, clusterId, { ...seen, isNamed: named.isNamed })
}

/**
 * New tokens for shards that have none, and for those in `lost` that still have the token that `known` says: of many
 * nodes that find the same loss, one makes the token, and all get it.
 */
export async function renewCanary(
  options: CanaryOptions,
  clusterId: string,
  { tokens: known, isNamed }: Pick<Seen, 'tokens' | 'isNamed'>,
  lost: readonly number[] = [],
): Promise<Canary> {
  const { connection, cluster, prefixes, newId } = options
  if (!isNamed) await writeName(options, clusterId)
  await Promise.all(
    prefixes.map(async (prefix, shard) => {
      const key = canaryKey(prefix)
      const token = known[shard] ?? null
      const text = `${clusterId} ${newId()}`
      if (token === null) await connection.call('SET', [key, text, 'NX'])
      else if (lost.includes(shard)) await connection.call('EVAL', [exchange, 1, key, `${clusterId} ${token}`, text])
    }),
  )
  const seen = await lookAtCanary(options)
  // Lost once more in between: the same again.
  const isWhole = seen.isNamed && seen.tokens.every((token) => token !== null)
  return isWhole ? canaryOf(cluster, clusterId, seen) : await renewCanary(options, clusterId, seen)
}

/** Of one that nothing is missing in. Throws a `LedgerRefusal` where it is another cluster's. */
export function canaryOf(cluster: string, clusterId: string, seen: Seen): Canary {
  if (seen.clusterId !== clusterId) throw mixed(cluster)
  const tokens = seen.tokens.filter((token) => token !== null)
  return { clusterId, tokens, generation: generationOf(tokens) }
}

/** Where there is none yet. */
async function writeName({ connection, cluster, prefixes }: CanaryOptions, clusterId: string): Promise<void> {
  await connection.call('SET', [clusterKey(cluster), `chimera ${clusterId} ${prefixes.length}`, 'NX'])
}

const generationOf = (tokens: readonly string[]): string =>
  createHash('sha256').update(tokens.join(' ')).digest('base64url').slice(0, generationLength)

/** Keys: the canary. Arguments: what it must be, what it is to be. */
const exchange = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) end"

/** Null where there is none. What isn't text is not ours, and reads as none of our texts. */
async function readText(connection: RedisConnection, key: string): Promise<string | null> {
  try {
    const reply = await connection.call('GET', [key])
    return reply === null ? null : `${reply}`
  } catch (error) {
    if (error instanceof RedisError && error.code === 'WRONGTYPE') return 'not a text'
    throw error
  }
}

const taken = (cluster: string, key: string): LedgerRefusal =>
  new LedgerRefusal(
    'taken',
    `the key ${JSON.stringify(key)} is there, and no cluster of this program made it; ` +
      `another application uses the prefix "${cluster}:": give the cluster another name, or this Redis a database of its own`,
  )

const mixed = (cluster: string): LedgerRefusal =>
  new LedgerRefusal(
    'different',
    `there is another cluster called "${cluster}" on this Redis; give this one another name, or the address of its own Redis`,
  )

const notOurs = (cluster: string): LedgerRefusal =>
  new LedgerRefusal(
    'different',
    `there is another cluster called "${cluster}" on this Redis than the one that this node belongs to; ` +
      'give it the address of its own Redis, or, where it is to join this one, an empty data folder and no other id',
  )
