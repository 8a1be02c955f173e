/** Signatures as somebody else computes them: Python's `hmac`, over what came in, byte for byte. */
import { spawnSync } from 'node:child_process'
import type { Delivered } from './target.js'

const script = `
import base64, hashlib, hmac, json, sys
asked = json.load(sys.stdin)
key = base64.b64decode(asked["secret"].removeprefix("whsec_"), validate=True)
for one in asked["deliveries"]:
    headers = one["headers"]
    signed = ".".join((headers["webhook-id"], headers["webhook-timestamp"], one["text"])).encode()
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    if not any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split(" ")):
        print(headers["webhook-id"])
`

/** Ids of those that the secret didn't sign. Throws where Python fails. */
export const forgedIn = (deliveries: readonly Delivered[], secret: string): readonly string[] => {
  const input = JSON.stringify({ secret, deliveries: deliveries.map(({ headers, text }) => ({ headers, text })) })
  const { stdout, stderr, status } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n').filter((line) => line !== '')
}
