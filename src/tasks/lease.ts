/**
 * A lease: the right to a task's current turn, as a token that the agent carries (design section 5).
 *
 * `shard~turn~entry~task~lane~generation~mac`. The mac also covers tenant and agent, which the token doesn't name: who
 * presents it is known, and a lease of somebody else's doesn't verify. None of the parts can have a `~`.
 */
import { hash, timingSafeEqual } from 'node:crypto'

export type LeasePlace = {
  readonly shard: number
  readonly turn: number
  readonly entry: string
  readonly task: string
  readonly lane: string
}

export type LeaseSigner = {
  sign(place: LeasePlace, tenant: string, agent: string): string
  /** Null where it isn't a lease of this agent's. */
  verify(token: string, tenant: string, agent: string): LeasePlace | null
  /** A connection number as a token for `hello`'s `session`. */
  signSession(connection: number, tenant: string, agent: string): string
  verifySession(token: string, tenant: string, agent: string): number | null
}

/** 96 bits: forging one takes 2^95 tries on average, each a frame. */
const macLength = 16

/** `generation` is the ledger's, at the time of signing; a lease of an older generation still verifies. */
export const createLeaseSigner = (secret: Uint8Array, generation: () => string): LeaseSigner => {
  // BLAKE2 is a mac with its key in front of the text, as no text can be made longer under a hash that is known. HMAC
  // would take three times as long, with each task.
  const key = Buffer.from(secret).toString('hex')
  const macOf = (kind: string, body: string, tenant: string, agent: string): string =>
    hash('blake2s256', `${key}${kind}\n${tenant}\n${agent}\n${body}`, 'base64url').slice(0, macLength)

  /** The body of a token with the right mac. */
  const bodyOf = (kind: string, token: string, tenant: string, agent: string): string | null => {
    const cut = token.lastIndexOf('~')
    if (cut < 0 || token.length > 512) return null
    const body = token.slice(0, cut)
    const given = Buffer.from(token.slice(cut + 1))
    const right = Buffer.from(macOf(kind, body, tenant, agent))
    return given.length === right.length && timingSafeEqual(given, right) ? body : null
  }

  return {
    sign(place, tenant, agent) {
      const body = `${place.shard}~${place.turn}~${place.entry}~${place.task}~${place.lane}~${generation()}`
      return `${body}~${macOf('lease', body, tenant, agent)}`
    },

    verify(token, tenant, agent) {
      const [shard, turn, entry, task, lane] = bodyOf('lease', token, tenant, agent)?.split('~') ?? []
      if (entry === undefined || task === undefined || lane === undefined) return null
      return { shard: Number(shard), turn: Number(turn), entry, task, lane }
    },

    signSession(connection, tenant, agent) {
      const body = String(connection)
      return `${body}~${macOf('session', body, tenant, agent)}`
    },

    verifySession(token, tenant, agent) {
      const body = bodyOf('session', token, tenant, agent)
      return body === null ? null : Number(body)
    },
  }
}
