/** What a run came to, beside what was expected of it. */
import type { Expected } from './fault.js'
import type { Reckoning } from './reckoning.js'

export function worseThan(expected: Expected, found: Reckoning, isLong: boolean): readonly string[] {
  const worse: string[] = []
  const atMost = (what: string, count: number, most: number): void => {
    if (count > most) worse.push(`${what}: ${count}, expected at most ${most}`)
  }
  atMost('lost', found.lost, expected.lost)
  atMost('accepted twice', found.acceptedTwice, expected.acceptedTwice)
  atMost('executed twice', found.executedTwice, expected.executedTwice)
  atMost('late', found.late, expected.late)
  atMost('not completed', found.acknowledged - found.completed, expected.notCompleted)
  const mostMs = isLong ? expected.recoveryMs.long : expected.recoveryMs.short
  if (found.recoveryMs === null) worse.push('it never recovered')
  else if (found.recoveryMs > mostMs) worse.push(`recovered after ${found.recoveryMs} ms, expected within ${mostMs} ms`)
  if (expected.isLossNoticed && !found.isLossNoticed) worse.push('acknowledged writes were lost, and nobody noticed')
  if (!expected.isLossNoticed && found.isLossNoticed) worse.push('clients were told of a loss that there was not')
  return found.acknowledged === 0 ? [...worse, 'nothing was acknowledged'] : [...worse, ...found.broken]
}
