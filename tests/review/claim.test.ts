import { describe, expect, it } from 'vitest'
import { type AssignRequest, assignCard, type ClaimRequest, claimCard } from '../../src/review/claim.js'
import { type Decision, decideCard } from '../../src/review/decision.js'
import { type RevealPolicy, revealCard } from '../../src/review/reveal.js'
import { changePolicy, noStoredPolicy, readStoredPolicy } from '../../src/tasks/policyRecord.js'
import type { Call, Procedure } from '../../src/tasks/procedure.js'
import { noon, said, tenant } from './fixtures.js'
import { openWorld, passing, revealing, type World } from './world.js'

const ada = { tenant, sub: 'ada', roles: ['operator'] }
const bob = { tenant, sub: 'bob', roles: ['operator'] }
const root = { tenant, sub: 'root', roles: ['admin'] }

const claimMs = 60_000

const claim = (world: World, review: string, by = ada, how: Omit<ClaimRequest, 'review'> = {}) =>
  claimCard(world.desk.shards, by, { review, ...how }, claimMs, world.now)

const assign = (world: World, review: string, by = ada, how: Omit<AssignRequest, 'review'> = {}) =>
  assignCard(world.desk.shards, by, { review, ...how }, world.now)

const decide = (world: World, review: string, by = ada, decision: Partial<Decision> = {}) =>
  decideCard(world.desk.shards, by, { review, status: 'APPROVED', ...decision }, passing, world.now)

const reveal = (world: World, review: string, by = bob, policy: RevealPolicy = revealing) =>
  revealCard(world.desk.shards, by, review, policy, noon)

const kindOf = async (world: World, attempt: Procedure<{ readonly kind: string }>) =>
  (await world.perform(attempt)).kind

const isCommit = ({ kind }: Call) => kind === 'commit'

const kinds = async (world: World) => (await world.audit()).map(({ kind, by }) => `${kind} ${by}`)

describe('a claim', () => {
  it('[RV1] is committed to the card, as a version of it, until its time is over', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const reply = await world.perform(claim(world, review))
    const taken = { by: 'ada', until: noon + claimMs }
    expect(reply).toMatchObject({ kind: 'done', card: { version: 2, standing: { status: 'PENDING', claim: taken } } })
    expect(await world.card(review)).toMatchObject({ version: 2, claimedBy: 'ada', claimedUntil: noon + claimMs })
    expect(await kinds(world)).toEqual(['held node', 'claimed ada'])
  })

  it('[RV2] of two at once one has the card, and the other is told who', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const slow = await world.performUntil(claim(world, review, ada), isCommit)
    const quick = await world.performUntil(claim(world, review, bob), isCommit)
    expect((await quick()).kind).toBe('done')
    expect(await slow()).toMatchObject({ kind: 'claimed', card: { standing: { claim: { by: 'bob' } } } })
  })

  it('[RV3] keeps others from claiming, deciding and handing over, until it lapses by the ledger’s clock', async () => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(claim(world, review))
    world.now = noon + claimMs - 1
    for (const attempt of [claim(world, review, bob), decide(world, review, bob), assign(world, review, bob)]) {
      expect(await kindOf(world, attempt)).toBe('claimed')
    }
    world.now = noon + claimMs
    expect((await world.perform(claim(world, review, bob))).kind).toBe('done')
    expect((await world.perform(decide(world, review, ada))).kind).toBe('claimed')
    expect((await world.perform(decide(world, review, bob))).kind).toBe('decided')
  })

  it('[RV4] is renewed by another one, which is not on record again', async () => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(claim(world, review))
    world.now = noon + claimMs / 2
    await world.perform(claim(world, review))
    world.now = noon + claimMs
    expect((await world.perform(decide(world, review, bob))).kind).toBe('claimed')
    expect(await kinds(world)).toEqual(['held node', 'claimed ada'])
    world.now = noon + 2 * claimMs
    await world.perform(claim(world, review))
    expect(await kinds(world)).toEqual(['held node', 'claimed ada', 'claimed ada'])
  })

  it('[RV5] is given back by whoever has it, and by nobody else', async () => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(claim(world, review))
    expect((await world.perform(claim(world, review, bob, { release: true }))).kind).toBe('claimed')
    const given = await world.perform(claim(world, review, ada, { release: true }))
    expect(given).toMatchObject({ kind: 'done', card: { version: 3 } })
    const again = await world.perform(claim(world, review, ada, { release: true }))
    expect(again).toMatchObject({ kind: 'done', card: { version: 3 } })
    expect((await world.perform(decide(world, review, bob))).kind).toBe('decided')
    expect(await kinds(world)).toEqual(['held node', 'claimed ada', 'released ada', 'decided bob'])
  })

  it('[RV6] is taken from another by an admin alone, on record with whom', async () => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(claim(world, review))
    expect((await world.perform(claim(world, review, bob, { force: true }))).kind).toBe('forbidden')
    expect((await world.perform(claim(world, review, root))).kind).toBe('claimed')
    expect((await world.perform(claim(world, review, root, { force: true }))).kind).toBe('done')
    expect((await world.audit()).at(-1)).toMatchObject({ kind: 'claimed', by: 'root', from: 'ada', review })
    expect((await world.perform(decide(world, review, ada))).kind).toBe('claimed')
  })

  it('[RV7] makes no decision stale that was made on the same output', async () => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(claim(world, review))
    await world.perform(claim(world, review))
    expect((await world.perform(decide(world, review, ada, { version: 1 }))).kind).toBe('decided')
  })

  it('[RV8] of a card that was decided is ALREADY_DECIDED, of none or another tenant’s NOT_FOUND', async () => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(decide(world, review))
    for (const attempt of [claim(world, review), claim(world, review, ada, { release: true }), assign(world, review)]) {
      expect((await world.perform(attempt)).kind).toBe('alreadyDecided')
    }
    const stranger = { ...ada, tenant: 't_other' }
    for (const attempt of [
      claim(world, 'r_none_1'),
      claim(world, review, stranger),
      assign(world, review, stranger),
      reveal(world, review, stranger),
    ]) {
      expect(await kindOf(world, attempt)).toBe('notFound')
    }
  })
})

describe('an assignment', () => {
  it('[RV10] hands the card over: to one operator, who alone claims and decides it from then on', async () => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(claim(world, review))
    const reply = await world.perform(assign(world, review, ada, { to: 'bob', note: 'you know them' }))
    expect(reply).toMatchObject({
      kind: 'done',
      card: { standing: { assignment: { to: 'bob' }, note: 'you know them' } },
    })
    expect((await world.perform(claim(world, review, ada))).kind).toBe('claimed')
    expect((await world.perform(decide(world, review, ada))).kind).toBe('claimed')
    expect((await world.perform(claim(world, review, bob))).kind).toBe('done')
    expect((await world.perform(decide(world, review, bob))).kind).toBe('decided')
    expect((await world.audit())[2]).toMatchObject({ kind: 'assigned', by: 'ada', to: 'bob', note: 'you know them' })
  })

  it('[RV11] is undone by whoever has it or gave it, and by an admin; to nobody, the card is everybody’s', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const cleo = { ...ada, sub: 'cleo' }
    await world.perform(assign(world, review, ada, { to: 'bbo' }))
    expect((await world.perform(assign(world, review, cleo, { to: 'cleo' }))).kind).toBe('claimed')
    expect((await world.perform(assign(world, review, ada, { to: 'bob' }))).kind).toBe('done')
    expect((await world.perform(assign(world, review, bob))).kind).toBe('done')
    expect((await world.perform(assign(world, review, cleo, { to: 'cleo' }))).kind).toBe('done')
    expect((await world.perform(assign(world, review, root, { to: 'ada' }))).kind).toBe('done')
    expect((await world.audit()).at(-1)).toMatchObject({ kind: 'assigned', by: 'root', to: 'ada', from: 'cleo' })
  })
})

describe('a reveal', () => {
  it('[RV12] is on record before anything is shown', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const waiting = await world.performUntil(reveal(world, review), isCommit)
    expect(await kinds(world)).toEqual(['held node'])
    const revealed = await waiting()
    expect(await kinds(world)).toEqual(['held node', 'revealed bob'])
    expect((await world.audit())[1]).toMatchObject({ review, version: 1, hash: (await world.card(review)).outputHash })
    if (revealed.kind !== 'revealed') throw new Error(revealed.kind)
    expect([said(revealed.output), said(revealed.payload)]).toEqual([{ text: 'my password is in the drawer' }, 'p'])
  })

  it('[RV13] shows nothing that changed since: it is on record anew', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const waiting = await world.performUntil(reveal(world, review), isCommit)
    await world.perform(decide(world, review, ada))
    expect((await waiting()).kind).toBe('revealed')
    expect((await world.audit()).filter(({ kind }) => kind === 'revealed')).toMatchObject([{ version: 2 }])
  })

  it('[RV14] is refused where the policy in force forbids it, and leaves nothing on record', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const strict = { ...revealing, termsOf: () => ({ edition: 0, mayReveal: false }) }
    const refused = await world.perform(reveal(world, review, bob, strict))
    expect(refused).toEqual({ kind: 'forbidden', why: expect.stringContaining('queue mail') })
    expect(await kinds(world)).toEqual(['held node'])
  })

  it('[RV14] shows nothing by a policy that is no longer in force: the one that is decides', async () => {
    const world = await openWorld()
    const review = await world.hold()
    let edition = 0
    const watching: RevealPolicy = {
      *learn() {
        edition = (yield* readStoredPolicy(world.desk, tenant)).edition
      },
      termsOf: () => ({ edition, mayReveal: edition === 0 }),
    }
    const waiting = await world.performUntil(reveal(world, review, bob, watching), isCommit)
    const change = { tenant, by: 'root', over: noStoredPolicy, document: '{"reveal":"off"}' }
    await world.perform(changePolicy(world.desk, { ...change, versions: { before: 'p_1', version: 'p_2' } }))
    expect((await waiting()).kind).toBe('forbidden')
    expect((await world.audit()).filter(({ kind }) => kind === 'revealed')).toEqual([])
  })

  it('[RV14] waits for a policy that nobody knows', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const unknown = { ...revealing, termsOf: () => undefined }
    expect(await world.perform(reveal(world, review, bob, unknown))).toMatchObject({ kind: 'overloaded' })
  })
})
