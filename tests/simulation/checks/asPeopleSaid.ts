/**
 * G5 and G6 over each card's life: whoever is on record said so and wasn't refused, what they approved is what they had
 * been shown, it was nobody else's at that time, and what was released was approved by enough of them, nobody's own.
 */
import type { Fields } from '../../../src/ledger/port.js'
import { Raw } from '../../../src/protocol/raw.js'
import type { Frame } from '../../../src/protocol/reading.js'
import { hashOfOutput } from '../../../src/safety/outputHash.js'
import type { AuditEntry } from '../../../src/tasks/entries.js'
import type { Finished } from '../checker.js'
import { type CardChange, cardLivesIn } from './cardLives.js'
import { type Said, saidOn } from './saidOnCards.js'

export function* asPeopleSaid({ world }: Finished): Generator<string> {
  const said = saidOn(world.history)
  for (const [review, life] of cardLivesIn(world.history)) {
    const submitter = world.books.task(String(life[0]?.after.task))?.sub
    const ofCard = said.filter((one) => one.review === review)
    yield* whoseItWas(review, life)
    yield* released(review, life, submitter)
    yield* onlyWhoSaidIt(review, life, ofCard)
    yield* asShown(review, life, ofCard)
  }
}

const isDecision = ({ kind }: AuditEntry): boolean => kind === 'approved' || kind === 'decided'

const statusOf = ({ kind, status }: AuditEntry): string => (kind === 'approved' ? 'APPROVED' : String(status))

/** No decision of one while another had it, none by time before its time, and none by time under a person's name. */
function* whoseItWas(review: string, life: readonly CardChange[]): Generator<string> {
  for (const { before = {}, entries } of life) {
    for (const entry of entries.filter(isDecision)) {
      const { by, at } = entry
      const isTimeOut = statusOf(entry) === 'EXPIRED'
      if (isTimeOut !== (by === 'node')) yield `G5 ${review} is on record as ${statusOf(entry)} by ${by}`
      if (isTimeOut) {
        if (at < Number(before.deadline)) yield `G5 ${review} expired before its time`
        continue
      }
      const { claimedBy = by, claimedUntil, assignedTo = by } = before
      if (claimedBy !== by && Number(claimedUntil) > at)
        yield `G5 ${by} decided ${review} while ${String(claimedBy)} had it`
      if (assignedTo !== by) yield `G5 ${by} decided ${review}, which was given to ${String(assignedTo)}`
    }
  }
}

/** What a card would release at that time, and who has approved it. */
type Count = { hash: string; people: ReadonlySet<string> }

function* released(review: string, life: readonly CardChange[], submitter: unknown): Generator<string> {
  const count: Count = { hash: String(life[0]?.after.outputHash), people: new Set() }
  for (const { after, entries, transaction } of life) {
    for (const entry of entries.filter(isDecision)) {
      if (statusOf(entry) !== 'APPROVED') continue
      const { by, editedHash = count.hash } = entry
      count.people = new Set(editedHash === count.hash ? [...count.people, by] : [by])
      count.hash = String(editedHash)
      if (entry.kind !== 'decided') continue
      const { approvalsRequired = 1, output, edited = output, agent } = after
      if (count.people.size < Number(approvalsRequired))
        yield `G5 ${review} was released by ${[...count.people].join()}, and takes ${String(approvalsRequired)}`
      const own = [...count.people].find((one) => one === submitter || String(agent).split('/')[0] === one)
      if (own !== undefined && Number(approvalsRequired) > 1) yield `G5 ${own} approved their own ${review}`
      if (hashOfBytes(edited) !== count.hash) yield `G3 ${review} released something else than was approved`
      for (const write of transaction.writes) {
        if (write.kind !== 'put' || !write.record.startsWith('task/')) continue
        const out = write.fields.output ?? write.fields.previous
        if (out != null && hashOfBytes(out) !== count.hash)
          yield `G3 ${write.record} got something else than was approved on ${review}`
      }
    }
  }
}

const hashOfBytes = (bytes: Fields[string] | undefined): string | undefined =>
  bytes instanceof Uint8Array ? hashOfOutput(new Raw(bytes).value()) : undefined

/** Of each person as many entries at most as words that weren't refused, and at least one where a word was taken. */
function* onlyWhoSaidIt(review: string, life: readonly CardChange[], said: readonly Said[]): Generator<string> {
  const entries = life.flatMap((change) => change.entries.filter(isDecision))
  for (const by of new Set([...entries.map((entry) => entry.by), ...said.map((one) => one.by)])) {
    if (by === 'node') continue
    for (const status of ['APPROVED', 'REJECTED']) {
      const onRecord = entries.filter((entry) => entry.by === by && statusOf(entry) === status).length
      const words = said.filter((one) => one.by === by && one.frame.status === status)
      const mayCount = words.filter(({ answer }) => answer !== 'refused').length
      if (onRecord > mayCount) yield `G6 ${by} is ${onRecord} times on record as ${status} on ${review}, of ${mayCount}`
      if (onRecord === 0 && words.some(({ answer }) => answer === 'taken'))
        yield `G6 ${by} was told that their ${status} of ${review} counts, and it is not on record`
    }
  }
}

/** Who approves without an edit of their own approves what the version said that they named, or what was held. */
function* asShown(review: string, life: readonly CardChange[], said: readonly Said[]): Generator<string> {
  const held = String(life[0]?.after.outputHash)
  const hashAt = new Map<unknown, string>()
  for (const { after, entries } of life) {
    const hash = String(after.editedHash ?? held)
    hashAt.set(after.version, hash)
    for (const entry of entries.filter(isDecision)) {
      if (statusOf(entry) !== 'APPROVED' || entry.editedHash !== undefined) continue
      const hasSeen = ({ by, frame, version }: Said): boolean =>
        by === entry.by && isPlainApproval(frame) && (version === undefined ? held : hashAt.get(version)) === hash
      if (!said.some(hasSeen)) yield `G5 ${entry.by} approved what ${review} had become, and had not been shown it`
    }
  }
}

const isPlainApproval = ({ status, edited }: Frame): boolean => status === 'APPROVED' && edited === undefined
