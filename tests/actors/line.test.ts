/** The line of a queue: whose turn it is, and which priority's. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Line, type Taker } from '../../src/actors/line.js'

const taker = (session: string, credits: number): Taker => ({
  session,
  agent: session,
  connection: 1,
  queues: ['mail'],
  credits,
  claiming: 0,
  isLeaving: false,
  isHeld: false,
})

/** What a claim of `n` brings from lanes that never run empty. */
const claim = (line: Line, n: number): readonly number[] => {
  const shares = line.shares(n)
  line.turnBy(n)
  return shares
}

describe('shares of a line', () => {
  test('[J1] are 16 : 4 : 1 over any 21 tasks, however they are claimed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 60 }), (claims) => {
        const line = new Line('mail', 1)
        const total = [0, 0, 0]
        let tasks = 0
        for (const n of claims) {
          const shares = claim(line, n)
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(n)
          for (const [at, share] of shares.entries()) total[at] = (total[at] ?? 0) + share
          tasks += n
        }
        for (const [at, weight] of [16, 4, 1].entries()) {
          expect(Math.abs((total[at] ?? 0) - (tasks * weight) / 21)).toBeLessThan(2)
        }
      }),
    )
  })

  test('[J1] are spread: never more than six in a row without a normal one, and every 21st is a low one', () => {
    const line = new Line('mail', 1)
    const turns = Array.from({ length: 210 }, () => claim(line, 1).indexOf(1))
    const gaps = (priority: number) => {
      const at = turns.flatMap((turn, i) => (turn === priority ? [i] : []))
      return at.slice(1).map((i, n) => i - (at[n] ?? 0))
    }
    expect(Math.max(...gaps(1))).toBeLessThanOrEqual(7)
    expect(new Set(gaps(2))).toEqual(new Set([21]))
  })
})

describe('takers of a line', () => {
  test('[J2] take turns: one that was offered a place goes behind those that were not', () => {
    const line = new Line('mail', 1)
    for (let i = 0; i < 20; i++) line.push(taker(`s${i}`, 100))
    const offered = [...line.take(), ...line.take(), ...line.take()].map(({ session }) => session)
    expect(offered.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => `s${i}`))
    expect(offered.slice(20, 24)).toEqual(['s0', 's1', 's2', 's3'])
  })

  test('[J2] who got nothing come first the next time, in their order', () => {
    const line = new Line('mail', 1)
    for (const name of ['a', 'b', 'c']) line.push(taker(name, 1))
    const taken = line.take()
    line.push(taker('late', 1))
    for (const one of [...taken].reverse()) {
      one.credits++
      line.unshift(one)
    }
    expect(line.take().map(({ session }) => session)).toEqual(['a', 'b', 'c', 'late'])
  })

  test('[G9 J3] never take more places than they have credits, nor any once they leave', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 }), { maxLength: 20 }), fc.nat(), (credits, leaving) => {
        const line = new Line('mail', 1)
        const takers = credits.map((n, i) => taker(`s${i}`, n))
        for (const one of takers) line.push(one)
        const gone = takers[leaving % Math.max(1, takers.length)]
        if (gone !== undefined) gone.isLeaving = true
        const taken: Taker[] = []
        for (let more = line.take(); more.length > 0; more = line.take()) taken.push(...more)
        for (const [i, one] of takers.entries()) {
          expect(taken.filter(({ session }) => session === one.session)).toHaveLength(
            one === gone ? 0 : (credits[i] ?? 0),
          )
        }
      }),
    )
  })

  test('[J4] are offered in claims of 8 at first, of twice as many as long as all get one, of 256 at most', () => {
    const line = new Line('mail', 1)
    line.push(taker('a', 10_000))
    const sizes: number[] = []
    for (let i = 0; i < 7; i++) {
      sizes.push(line.take().length)
      line.grow()
    }
    line.shrink()
    sizes.push(line.take().length)
    expect(sizes).toEqual([8, 16, 32, 64, 128, 256, 256, 128])
  })
})
