/**
 * Frames towards the node that every role may send.
 */
import Type, { type Static } from 'typebox'
import { lease, listOf, oneOf, optionalFree, requestId, text } from './fields.js'
import { bytesBetween, limits } from './formats.js'

/** Everyone, to be seen alive; an agent extends its leases by it. Answered by `ack` with `now`, if it has an `id`. */
export const Heartbeat = Type.Object({
  type: Type.Literal('heartbeat'),
  id: Type.Optional(requestId),
  status: Type.Optional(oneOf('ACTIVE', 'IDLE', 'BUSY')),
  /** Where sent, only these leases are extended. */
  holding: Type.Optional(listOf(lease, 0, limits.holding, 'leases')),
  metrics: Type.Optional(optionalFree),
})
export type Heartbeat = Static<typeof Heartbeat>

/** Everyone, with a newer token of the same `sub` and `tenant`. Answered by `ack`. */
export const Reauth = Type.Object({
  type: Type.Literal('reauth'),
  id: requestId,
  token: text(bytesBetween(1, limits.tokenBytes)),
})
export type Reauth = Static<typeof Reauth>
