/** Behind Sentinels the master may die: its replica takes over, and is found. */
import { expect, test } from 'vitest'
import { LedgerFault } from '../../src/ledger/port.js'
import { redisCommand } from './redisCommand.js'
import { startSentinel } from './redisSentinel.js'
import { connected, untilAnswered } from './world.js'

test.each([1, 3])(
  '[RC30] behind %i Sentinels a killed master is a fault, and its replica is called',
  async (sentinels) => {
    await using group = await startSentinel({ sentinels })
    const connection = await connected(group.url)
    await connection.call('SET', ['k', 'v'])
    await connection.call('WAIT', [1, 5_000])
    const messages: string[] = []
    let missed = 0
    await connection.subscribe(
      ['news'],
      (_, message) => messages.push(message),
      () => missed++,
    )
    const underWay = connection.call('BLPOP', ['nothing', 0])
    underWay.catch(() => {})
    await group.master.kill()
    await expect(underWay).rejects.toBeInstanceOf(LedgerFault)
    await expect(untilAnswered(() => connection.call('SET', ['k2', 'v2']))).resolves.toEqual(Buffer.from('OK'))
    expect(`${await connection.call('GET', ['k'])}`).toBe('v')
    expect(await redisCommand(group.replica.port, 'GET', 'k2')).toBe('v2')
    await expect.poll(() => missed, { timeout: 10_000 }).toBe(1)
    await redisCommand(group.replica.port, 'PUBLISH', 'news', 'again')
    await expect.poll(() => messages).toEqual(['again'])
  },
)

test('[RC31] a master that no Sentinel knows is waited for, and named', async () => {
  await using group = await startSentinel()
  const whys: string[] = []
  const giveUp = new AbortController()
  const waiting = connected(group.url.replace('mymaster', 'other'), {
    signal: giveUp.signal,
    onState: (state) => whys.push(state.kind === 'down' ? state.why : ''),
  })
  await expect.poll(() => whys.at(0)).toMatch(/no Sentinel knows the master: there is no master called other/)
  giveUp.abort()
  await expect(waiting).rejects.toBeInstanceOf(LedgerFault)
})

test('[RC32] Sentinels with a password are asked with theirs, servers with their own, through a failover too', async () => {
  await using group = await startSentinel({ password: 'ofservers', sentinelPassword: 'ofsentinels' })
  const connection = await connected(group.url)
  await connection.call('SET', ['k', 'v'])
  await connection.call('WAIT', [1, 5_000])
  await group.master.kill()
  expect(`${await untilAnswered(() => connection.call('GET', ['k']))}`).toBe('v')
  for (const [from, to] of [
    ['?sentinel=:ofsentinels', ''],
    ['?sentinel=:ofsentinels', '?sentinel=:other'],
  ] as const) {
    const error = await connected(group.url.replace(from, to)).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'LedgerRefusal', kind: 'forbidden' })
    expect(`${error}`).toMatch(/the Sentinels don't answer: .*\/mymaster\?sentinel=:password/)
    expect(`${error}`).not.toMatch(/ofse|other/)
  }
  const wrong = connected(group.url.replace(':ofservers@', ':other@'))
  await expect(wrong).rejects.toThrow(/the user or the password in its address is wrong/)
})
