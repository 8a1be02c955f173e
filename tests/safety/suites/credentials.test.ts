/** Credentials of vendors, in files and addresses, and private keys: in each shape of output, and covered. */
import { describe, expect, test } from 'vitest'
import { coveredTwice, coveredWays, placedWays } from './coverings.js'
import { connections, files, vendorTokens, written } from './credentials.js'
import { isHeld, passing } from './gateLook.js'
import { Dice, type Instance } from './instance.js'
import { keySet, privateKeys, publicKeys, signedTokens } from './keyFiles.js'
import { plainWays, shapedWays } from './shapes.js'

const dice = new Dice(2_026)
const suites: readonly (readonly [string, readonly Instance[]])[] = [
  ['a token of each vendor', [...vendorTokens(dice)]],
  ['a JSON Web Token', signedTokens()],
  ['a private key of each kind', privateKeys()],
  ['an address with a password', [...written(dice, connections)].filter((_, at) => at % 3 === 0)],
]

describe.each(suites)('%s', (_, instances) => {
  test('[GS6] is held in each shape of output, alone too', () => {
    expect(passing(instances.flatMap((one) => [...shapedWays(one), ...plainWays(one)]))).toEqual([])
  })

  test('[GS7] is held however it is covered, and wherever it is put', () => {
    expect(passing(instances.flatMap((one) => [...coveredWays(one), ...placedWays(one)]))).toEqual([])
  })

  test('[GS7] is held in two coverings at once', () => {
    const some = instances.filter((_one, at) => at % Math.ceil(instances.length / 12) === 0)
    expect(passing(some.flatMap(coveredTwice))).toEqual([])
  })
})

test('[GS8] a password is held as each kind of file and language writes it', () => {
  const asked = [...written(dice, files)].map(({ kind, value }) => [kind, { note: value }] as const)
  expect(passing(asked)).toEqual([])
})

test('[GS9] private keys of a set are held as fields, and public ones pass', () => {
  expect(isHeld(keySet())).toBe(true)
  expect(publicKeys().map(isHeld)).toEqual([false, false, false, false])
})

/** Known by what stands in their middle or at their end, which the line's end may cut off, or by two signs alone. */
const knownLate = new Set(['Asana', 'Azure client', 'Discord bot', 'Mailchimp', 'MaxMind', 'Telegram'])

test('[GS10] a token that the end of a line cuts in two is held', () => {
  const long = [...vendorTokens(dice)].filter(({ value }) => value.length >= 48 && !value.includes('://'))
  const asked = long.flatMap(({ kind, value }) => {
    if (knownLate.has(kind)) return []
    const half = Math.ceil(value.length / 2)
    return [[kind, `Use it:\n${value.slice(0, half)}\n  ${value.slice(half)}\n`] as const]
  })
  expect(asked.length).toBeGreaterThan(40)
  expect(passing(asked)).toEqual([])
})
