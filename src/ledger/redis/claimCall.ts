/** A claim on its way: its request, and what it handed out read back. */
import type { Claimed, ClaimReply, ClaimRequest, Holder, Patch } from '../port.js'
import { InvalidWrite } from './invalidWrite.js'
import { readFields } from './recordFields.js'
import type { ReplyReader } from './replyReader.js'
import type { RequestWriter } from './requestWriter.js'

export type ClaimCall = {
  /** ms since the epoch; false: the server's own. */
  readonly time: number | false
  readonly holder: Holder
  readonly claimSeq: number
  readonly request: ClaimRequest
}

/** A lane's share where it is without end. */
const shareMax = 2 ** 32

const nothing: Patch = {}

export function writeClaim(to: RequestWriter, { time, holder, claimSeq, request }: ClaimCall): readonly Buffer[] {
  const { lanes, takers, maxBytes, writes, entryField, overdueField, avoid } = request
  to.begin()
  if (time === false) to.flag(false)
  else to.number(time)
  to.text(holder)
  to.number(claimSeq)
  to.list(() => {
    for (const { lane, share } of lanes) {
      to.name(lane)
      to.number(Math.min(share, shareMax))
    }
  })
  to.list(() => {
    for (const taker of takers) to.list(() => writeTaker(to, taker, avoid?.field))
  })
  to.number(maxBytes)
  writePatch(to, writes)
  to.text(entryField)
  to.text(overdueField)
  to.text(avoid?.of ?? '')
  return to.finish()
}

function writeTaker(to: RequestWriter, taker: Patch, avoidedBy: string | undefined): void {
  const value = avoidedBy === undefined ? null : (taker[avoidedBy] ?? null)
  if (value === null) to.flag(false)
  else to.wanted(value)
  writePatch(to, taker)
}

/** Fields and values to set, then fields to unset. */
function writePatch(to: RequestWriter, patch: Patch): void {
  to.list(() => {
    for (const name in patch) {
      const value = patch[name]
      if (name === '__proto__') throw new InvalidWrite("a field can't be called __proto__")
      if (value === null || value === undefined) continue
      to.name(name)
      to.scalar(value)
    }
  })
  to.list(() => {
    for (const name in patch) if (patch[name] === null || patch[name] === undefined) to.name(name)
  })
}

export function readClaim(reader: ReplyReader, request: ClaimRequest): Omit<ClaimReply & { kind: 'claimed' }, 'now'> {
  const claimed = Array.from({ length: reader.list() }, () => readClaimed(reader, request))
  const overdue = Array.from({ length: reader.list() }, () => readClaimed(reader, request))
  return { kind: 'claimed', claimed, overdue }
}

function readClaimed(reader: ReplyReader, { lanes, takers, writes }: ClaimRequest): Claimed {
  reader.list()
  const taker = reader.number()
  const lane = lanes[reader.number()]?.lane ?? ''
  const entry = reader.ascii()
  const record = reader.text()
  const fields = taker < 0 ? readFields(reader) : readFields(reader, writes, takers[taker] ?? nothing)
  return { taker, lane, entry, record, fields }
}
