/** People's data as agents hand it over: in each shape of output, covered in each way, and covered twice. */
import { describe, expect, test } from 'vitest'
import { accounts } from './accounts.js'
import { contacts } from './contacts.js'
import { coveredTwice, coveredWays, placedWays } from './coverings.js'
import { passing } from './gateLook.js'
import { Dice, instancesOf, type Kind } from './instance.js'
import { registers } from './registers.js'
import { plainWays, shapedWays } from './shapes.js'

const kinds: readonly Kind[] = [...accounts, ...registers, ...contacts]
const rounds = 2

describe.each(kinds)('$kind', (kind) => {
  const instances = [...instancesOf(kind, new Dice(2_026), rounds)]
  const once = instances.slice(0, kind.make.length)

  test('[GS1] is held in each shape of output, beside what it is called', () => {
    expect(passing(instances.flatMap(shapedWays))).toEqual([])
  })

  test('[GS2] is held with nothing beside it, if it tells what it is by itself', () => {
    expect(passing(instances.filter(({ isPlain }) => isPlain).flatMap(plainWays))).toEqual([])
  })

  test('[GS3] is held however it is covered', () => {
    expect(passing(instances.flatMap(coveredWays))).toEqual([])
  })

  test('[GS4] is held wherever it is put', () => {
    expect(passing(instances.flatMap(placedWays))).toEqual([])
  })

  test('[GS5] is held in two coverings at once', () => {
    expect(passing(once.slice(0, 2).flatMap(coveredTwice))).toEqual([])
  })
})
