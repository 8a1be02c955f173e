/** Tokens made up for each shape, wherever they stand. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jwtRule } from '../../../src/safety/filters/secrets/jsonWebTokens.js'
import { tokenShapes } from '../../../src/safety/filters/secrets/tokens.js'
import { tokenOf } from './generated.js'
import { lookAt } from './look.js'

const places: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => `use ${token} for it`,
  (token) => `"${token}"`,
  (token) => `KEY=${token}\n`,
  (token) => `{\\"value\\":\\"${token}\\"}`,
  (token) => `(${token})`,
  (token) => `https://example.org/?v=${token}&w=1`,
  (token) => `déjà vu: ${token} — voilà`,
]

describe('tokens of vendors', () => {
  for (const shape of tokenShapes) {
    test(`[SC3] ${shape.rule.id} is found wherever it stands, whole`, () => {
      const one = fc.tuple(tokenOf(shape), fc.constantFrom(...places))
      fc.assert(
        fc.property(one, ([token, place]) => {
          const seen = lookAt(place(token))
          // Another shape may say more of the same token; what is found covers this one.
          expect(seen.length, place(token)).toBeGreaterThan(0)
          expect(seen.some(({ text }) => text.includes(token) || token.includes(text))).toBe(true)
        }),
        { numRuns: 40 },
      )
    })
  }

  test('[SC4] a loose one within a longer run of letters and digits is none', () => {
    for (const shape of tokenShapes.filter(({ isLoose, before }) => isLoose === true && before === undefined)) {
      for (const hit of shape.rule.hits) {
        const token = hit.replace('value: ', '')
        expect(lookAt(`b64${token}b64`).map(({ rule }) => rule)).not.toContain(shape.rule.id)
      }
    }
  })

  test('[SC4] what is made of one and the same character stands for a token', () => {
    for (const shape of ['ghp_', 'sk_live_', 'glpat-', 'AKIA']) {
      expect(lookAt(`${shape}${'x'.repeat(40)}`)).toEqual([])
      expect(lookAt(`${shape}${'X'.repeat(16)}`)).toEqual([])
    }
  })

  test('[SC4] a longer one is found to its end, so that what is appended neither hides nor shows it', () => {
    const token = `ghp_${'n0tAR3alT0ken4Anyb0dy'.repeat(2)}`
    expect(lookAt(`x ${token}AndM0re y`)).toEqual([{ rule: 'secret.github-pat', text: `${token}AndM0re` }])
  })

  test.each(['\n', '\r\n', '\n  '])(
    '[SC24] one that is wrapped over several lines by %j is found to its end',
    (gap) => {
      const header = Buffer.from('{"alg":"HS256","kid":"nobody"}').toString('base64url')
      const payload = Buffer.from('{"sub":"nobody","scope":"nothing at all"}').toString('base64url')
      const tokens = [
        `ghp_${'n0tAR3alT0ken4Anyb0dyAtAll00Not1Bit5'}`,
        `${header}.${payload}.${'n0tAR3alS1gnature'.repeat(3)}`,
      ]
      for (const token of tokens) {
        for (const width of [16, 17, 25]) {
          const lines = token.match(new RegExp(`.{1,${width}}`, 'g')) ?? []
          expect(lines.length).toBeGreaterThan(1)
          const last = lines.at(-1) ?? ''
          const wrapped = last.length < 4 ? `${lines.slice(0, -1).join(gap)}${last}` : lines.join(gap)
          expect(lookAt(`Use: ${wrapped}\n\nThat is all.`), wrapped).toMatchObject([{ text: wrapped }])
        }
      }
    },
  )

  test('[SC24] the next line is its own where another token begins it', () => {
    const token = jwtRule.hits[0] ?? ''
    expect(lookAt(`${token}\n${token}\n${token}`)).toHaveLength(3)
  })
})
