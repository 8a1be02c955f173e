/**
 * The way out: posts a body to an address that is allowed, and says what became of it.
 *
 * A name is resolved once for each connection, by the same call that then connects, so that it can't point elsewhere in
 * between. No redirect is followed, no proxy used, no answer kept: what the target says beyond its status is dropped.
 */
import { lookup as resolve } from 'node:dns'
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent, request as tlsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import type { Outgoing, Posted } from '../actors/effects.js'
import { type AddressRule, addressRule } from './addresses.js'

export type EgressOptions = {
  /** Allowed beside the public ones. */
  readonly networks: readonly string[]
  readonly timeoutMs?: number
}

export interface Egress {
  /** Why nothing is ever sent to this address; null: nothing is known against it. */
  whyRefused(url: string): string | null
  /** Never rejects. */
  post(outgoing: Outgoing): Promise<Posted>
  close(): void
}

/** Connecting, sending, and the answer's head. */
export const postMs = 10_000
const urlMostChars = 2_048
const answerMostBytes = 65_536
/** Targets close idle connections after a few seconds of their own. */
const idleMs = 4_000
const socketsPerTarget = 16

export const createEgress = ({ networks, timeoutMs = postMs }: EgressOptions): Egress => {
  const rule = addressRule(networks)
  const kept = { keepAlive: true, timeout: idleMs, maxSockets: socketsPerTarget }
  const agents = { 'https:': new Agent(kept), 'http:': new PlainAgent(kept) }

  const send = (outgoing: Outgoing, isAgain: boolean): Promise<Posted> =>
    new Promise((settle) => {
      const started = performance.now()
      const tookMs = () => Math.round(performance.now() - started)
      const refused = whyRefusedBy(rule, outgoing.url)
      if (refused !== null) return settle({ kind: 'failed', why: refused, tookMs: 0 })
      const url = new URL(outgoing.url)
      const isPlain = url.protocol === 'http:'
      const request = (isPlain ? plainRequest : tlsRequest)(url, {
        method: 'POST',
        agent: agents[isPlain ? 'http:' : 'https:'],
        lookup: allowedLookup(rule, isPlain),
        headers: {
          ...outgoing.headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(outgoing.body),
        },
        signal: AbortSignal.timeout(timeoutMs),
      })
      request.on('response', (answer) => {
        const { statusCode: status = 0, headers } = answer
        const retryAfterMs = secondsIn(headers['retry-after'])
        drop(answer)
        settle({ kind: 'answered', status, tookMs: tookMs(), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
      })
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The target had closed the connection before this was sent on it.
        if (request.reusedSocket && error.code === 'ECONNRESET' && !isAgain) settle(send(outgoing, true))
        else settle({ kind: 'failed', why: whyOf(error, timeoutMs), tookMs: tookMs() })
      })
      request.end(outgoing.body)
    })

  return {
    whyRefused: (url) => whyRefusedBy(rule, url),
    post: (outgoing) => send(outgoing, false),
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

const whyRefusedBy = (rule: AddressRule, given: string): string | null => {
  if (given.length > urlMostChars) return `expected at most ${urlMostChars} characters`
  const url = URL.canParse(given) ? new URL(given) : null
  if (url === null) return 'expected an https address'
  const isPlain = url.protocol === 'http:'
  if (!isPlain && url.protocol !== 'https:') return 'expected an https address'
  if (url.username !== '' || url.password !== '') return 'expected an address without a user and password'
  if (url.hash !== '') return 'expected an address without a fragment'
  const host = hostOf(url)
  if (isIP(host) !== 0) return rule.allows(host, isPlain) ? null : notAllowed(isPlain)
  // What a name stands for is seen when it is connected to.
  return isPlain && host !== 'localhost' ? notAllowed(isPlain) : null
}

const notAllowed = (isPlain: boolean): string =>
  isPlain
    ? 'expected an https address; http is for loopback, where the node allows that'
    : 'expected an address of the public internet, or of a network that the node allows'

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** Of all that a name stands for, those that are allowed. */
const allowedLookup =
  (rule: AddressRule, isPlain: boolean): LookupFunction =>
  (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, '', 0)
      const allowed = found.filter(({ address }) => rule.allows(address, isPlain))
      const [first] = allowed
      if (first === undefined) return done(new Error(notAllowed(isPlain)), '', 0)
      if (options.all === true) done(null, allowed)
      else done(null, first.address, first.family)
    })
  }

/** Read, so that the connection can be used again, but not without end. */
const drop = (answer: IncomingMessage): void => {
  let bytes = 0
  answer.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes > answerMostBytes) answer.destroy()
  })
  answer.on('error', () => {})
}

const secondsIn = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : undefined

const whyOf = (error: NodeJS.ErrnoException, timeoutMs: number): string => {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`
  // An attempt at several addresses fails with each one's error.
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [error]
  return (first?.message ?? error.message).slice(0, 200)
}
