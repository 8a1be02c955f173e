/**
 * How often one remote address may try: connections in all, and tokens that were refused.
 *
 * Each has a bucket that fills up again with time. What is remembered is bounded: the address that was quiet the
 * longest is forgotten first. IPv6 counts by its /64, since whoever has one address there has them all.
 */
import { isIPv6 } from 'node:net'
import type { Clock } from '../clock.js'

export interface AddressLimits {
  /** Counts one attempt. 0: go on; else the ms after which to come again. */
  attempt(address: string): number
  /** As `attempt`, by its refused tokens alone, and counts nothing: for calls on a connection that is open. */
  mayTry(address: string): number
  /** Counts a token that was refused. */
  refused(address: string): void
}

export type AddressLimitsOptions = {
  readonly clock: Pick<Clock, 'now'>
  readonly connectsPerSecond: number
  readonly refusalsPerMinute: number
  /** Addresses remembered. */
  readonly addresses?: number
}

/** Attempts saved up, in seconds' worth: a fleet behind one address comes back at once. */
const burstSeconds = 4

type Bucket = { attempts: number; refusals: number; at: number }

export function createAddressLimits(options: AddressLimitsOptions): AddressLimits {
  const { clock, connectsPerSecond, refusalsPerMinute, addresses = 65_536 } = options
  const burst = connectsPerSecond * burstSeconds
  const attemptsPerMs = connectsPerSecond / 1_000
  const refusalsPerMs = refusalsPerMinute / 60_000
  const buckets = new Map<string, Bucket>()

  function bucketOf(address: string): Bucket {
    const network = networkOf(address)
    const now = clock.now()
    const bucket = buckets.get(network) ?? { attempts: burst, refusals: refusalsPerMinute, at: now }
    const passedMs = now - bucket.at
    bucket.attempts = Math.min(burst, bucket.attempts + passedMs * attemptsPerMs)
    bucket.refusals = Math.min(refusalsPerMinute, bucket.refusals + passedMs * refusalsPerMs)
    bucket.at = now
    buckets.delete(network)
    buckets.set(network, bucket)
    if (buckets.size > addresses) forgetOldest()
    return bucket
  }

  function forgetOldest(): void {
    const [oldest] = buckets.keys()
    if (oldest !== undefined) buckets.delete(oldest)
  }

  function mayTry(address: string): number {
    const { refusals } = bucketOf(address)
    return refusals < 1 ? Math.ceil((1 - refusals) / refusalsPerMs) : 0
  }

  function attempt(address: string): number {
    const retryAfterMs = mayTry(address)
    if (retryAfterMs > 0) return retryAfterMs
    const bucket = bucketOf(address)
    if (bucket.attempts < 1) return Math.ceil((1 - bucket.attempts) / attemptsPerMs)
    bucket.attempts--
    return 0
  }

  function refused(address: string): void {
    const bucket = bucketOf(address)
    bucket.refusals = Math.max(0, bucket.refusals - 1)
  }

  return { attempt, mayTry, refused }
}

function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return mapped ?? expanded(address).slice(0, 4).join(':')
}

/** The eight groups of an IPv6 address. */
function expanded(address: string): readonly string[] {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before
  const after = tail === '' ? [] : tail.split(':')
  const missing = Math.max(0, 8 - before.length - after.length)
  return [...before, ...new Array<string>(missing).fill('0'), ...after]
}
