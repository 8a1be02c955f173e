import { describe, expect, test } from 'vitest'
import { Counters } from '../../src/telemetry/counters.js'
import { Distribution } from '../../src/telemetry/distribution.js'
import { createLog } from '../../src/telemetry/log.js'
import { createMetrics } from '../../src/telemetry/metrics.js'

describe('log', () => {
  const linesOf = (write: (log: ReturnType<typeof createLog>) => void, level: 'info' | 'silent' = 'info') => {
    const lines: string[] = []
    write(createLog({ level, destination: { write: (line) => lines.push(line) } }))
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  test('[X70] lines are JSON with their level, time and ids', () => {
    const [line] = linesOf((log) => log.with({ node: 'n1' }).warn('agent is gone', { agent: 'a', leases: 2 }))
    expect(line).toMatchObject({ level: 'warn', msg: 'agent is gone', node: 'n1', agent: 'a', leases: 2 })
    expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT/)
  })

  test('[X70] below the level nothing is written', () => {
    expect(linesOf((log) => log.debug('x'))).toEqual([])
    expect(linesOf((log) => log.error('x'), 'silent')).toEqual([])
  })

  test('[X71] what is named like a secret or like content is masked, and a long text is cut', () => {
    const [line, long] = linesOf((log) => {
      log.info('x', { token: 'abc', output: 'abc', lease: 'abc' })
      log.info('y'.repeat(10_000))
    })
    expect(JSON.stringify(line)).not.toContain('abc')
    expect(String(long?.msg).length).toBeLessThan(2_100)
  })
})

describe('metrics', () => {
  test('[X72] what was counted stands in the text, by its label', async () => {
    const metrics = createMetrics({
      connections: () => ({ agent: 3, producer: 1, operator: 0 }),
      mailboxDepth: () => ({ work: 5, control: 0 }),
      cards: () => ({ waiting: { high: 2 }, oldestMs: 1_500 }),
    })
    metrics.count('refused.OVERLOADED', 2)
    metrics.count('refused.OVERLOADED', 1)
    metrics.count('dropped.full', 1)
    metrics.count('gaps', 4)
    metrics.commitMs.observe(3)
    metrics.commitMs.observe(100_000)
    for (let i = 0; i < 2; i++) {
      const { text, contentType } = await metrics.read()
      expect(contentType).toContain('text/plain')
      expect(text.split('\n')).toEqual(
        expect.arrayContaining([
          'chimera_refused_total{code="OVERLOADED"} 3',
          'chimera_dropped_total{reason="full"} 1',
          'chimera_events_total{event="gaps"} 4',
          'chimera_connections{role="agent"} 3',
          'chimera_mailbox_depth{lane="work"} 5',
          'chimera_cards_waiting{severity="high"} 2',
          'chimera_cards_oldest_seconds 1.5',
          '# TYPE chimera_commit_seconds histogram',
          'chimera_commit_seconds_bucket{le="0.0025"} 0',
          'chimera_commit_seconds_bucket{le="0.005"} 1',
          'chimera_commit_seconds_bucket{le="+Inf"} 2',
          'chimera_commit_seconds_sum 100.003',
          'chimera_commit_seconds_count 2',
        ]),
      )
      expect(text).toContain('chimera_nodejs_eventloop_lag_seconds')
    }
  })

  test('[X73] the number of counters is bounded', () => {
    const counters = new Counters()
    for (let i = 0; i < 5_000; i++) counters.add(`refused.${i}`, 1)
    const entries = [...counters.entries()]
    expect(entries.length).toBeLessThanOrEqual(1_025)
    expect(entries.reduce((sum, [, , count]) => sum + count, 0)).toBe(5_000)
  })

  test('[X73] a value at a bound is within it', () => {
    const distribution = new Distribution([1, 2])
    for (const value of [0, 1, 1.5, 2, 3]) distribution.observe(value)
    expect(distribution.cumulative()).toEqual([
      [1, 2],
      [2, 4],
      ['+Inf', 5],
    ])
  })
})
