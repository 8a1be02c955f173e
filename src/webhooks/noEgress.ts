/** A node that sends nothing to anybody outside: a simulated one, which has no outside. */
import type { Egress } from './egress.js'

export const noEgress: Egress = {
  whyRefused: () => 'this node sends nothing outside',
  post: () => Promise.resolve({ kind: 'failed', why: 'this node sends nothing outside', tookMs: 0 }),
  close: () => {},
}
