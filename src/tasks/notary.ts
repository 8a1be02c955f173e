/**
 * Who signs what is on record: the cluster's Ed25519 key, made from a secret that the ledger keeps. All nodes sign by
 * the same one; whoever checks a record needs its public half alone.
 */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'

export type Notary = {
  /** In which life of the ledger's data entries are sealed just now. */
  readonly generation: () => string
  /** SPKI, as PEM. */
  readonly publicKey: string
  /** Names the key: SHA-256 of its SPKI as DER, in hex. */
  readonly fingerprint: string
  /** In hex. */
  readonly sign: (text: string) => string
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex')

/** `secret` has 32 bytes. */
export const createNotary = (secret: Uint8Array, generation: () => string): Notary => {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, secret]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key)
  return {
    generation,
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    fingerprint: createHash('sha256')
      .update(publicKey.export({ format: 'der', type: 'spki' }))
      .digest('hex'),
    sign: (text) => sign(null, Buffer.from(text), key).toString('hex'),
  }
}
