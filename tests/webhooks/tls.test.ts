/** Webhooks by TLS, from a real node to a real server: only whoever the machine trusts is told anything. */
import { expect, test } from 'vitest'
import { type ChildNode, spawnNode } from '../integration/childNode.js'
import { temporaryFolder } from '../integration/world.js'
import { Authority } from './certificates.js'
import { call, flags, hold, hook, openWorkers } from './hookDoor.js'
import { forgedIn } from './pythonVerifier.js'
import { type Certificate, openTarget, type Target } from './target.js'

const here = 'IP:127.0.0.1'

const trusting = async (authority: Authority): Promise<ChildNode> =>
  spawnNode(await temporaryFolder(), flags, { env: { NODE_EXTRA_CA_CERTS: authority.path } })

const ping = async (door: ChildNode, target: Target) => {
  await hook(door, 'pager', target)
  return call(door, 'POST', '/webhooks/pager/test')
}

test('[WH7] a server whose certificate comes from an authority that the machine trusts is told', async () => {
  const authority = new Authority(await temporaryFolder())
  const door = await trusting(authority)
  const target = await openTarget(authority.issue(here))
  const secret = await hook(door, 'pager', target)
  await hold(await openWorkers(door))
  const delivered = await target.until((all) => all.length === 1)
  expect(delivered.map(({ type }) => type)).toEqual(['card.opened'])
  expect(forgedIn(delivered, secret)).toEqual([])
})

const wrong: readonly (readonly [string, (authority: Authority, other: Authority) => Certificate, RegExp])[] = [
  ['for another name', (authority) => authority.issue('DNS:elsewhere.example'), /127\.0\.0\.1/],
  ['that is over', (authority) => authority.issue(here, -1), /expired/],
  ['of an authority that nobody trusts', (_, other) => other.issue(here), /verify|issuer|signature/],
]

test.each(wrong)('[WH7] a certificate %s: nothing is told, and why', async (_, issue, why) => {
  const authority = new Authority(await temporaryFolder())
  const door = await trusting(authority)
  const target = await openTarget(issue(authority, new Authority(await temporaryFolder())))
  const { body } = await ping(door, target)
  expect(JSON.stringify(body)).toMatch(why)
  expect(target.delivered).toEqual([])
})

test('[WH7] a certificate of one’s own authority is none where the machine was not told of it', async () => {
  const authority = new Authority(await temporaryFolder())
  const door = await spawnNode(await temporaryFolder(), flags)
  const target = await openTarget(authority.issue(here))
  const { body } = await ping(door, target)
  expect(JSON.stringify(body)).toMatch(/verify|issuer/)
  expect(target.delivered).toEqual([])
})
