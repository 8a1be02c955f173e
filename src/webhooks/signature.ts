/**
 * How a delivery is signed: by the public convention "Standard Webhooks" (standardwebhooks.com), for which there are
 * verifiers in most languages.
 *
 * HMAC-SHA256 over `id.timestamp.body` with the secret's bytes, as `v1,<base64>`. After a change of secret there are two
 * signatures, with a blank between; whoever verifies accepts one that fits.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Webhook } from '../tasks/webhook.js'

const prefix = 'whsec_'

/** From something that nobody can guess. */
export const secretFrom = (chance: string): string => prefix + createHash('sha256').update(chance).digest('base64')

export const signedHeaders = (
  { secret, formerSecret }: Pick<Webhook, 'secret' | 'formerSecret'>,
  { id, body }: { readonly id: string; readonly body: string },
  now: number,
): Readonly<Record<string, string>> => {
  const timestamp = String(Math.floor(now / 1_000))
  const secrets = formerSecret !== undefined && formerSecret.until > now ? [secret, formerSecret.secret] : [secret]
  const signed = `${id}.${timestamp}.${body}`
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((one) => `v1,${hmacOf(one, signed)}`).join(' '),
  }
}

const hmacOf = (secret: string, signed: string): string =>
  createHmac('sha256', Buffer.from(secret.slice(prefix.length), 'base64'))
    .update(signed)
    .digest('base64')
