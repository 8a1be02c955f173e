/** Large results at the pool of workers: what a job is told, and what becomes of a result where no verdict comes back. */
import type { JudgingPool } from '../safety/apart/judgingPool.js'
import { noPolicyVersion } from '../safety/gate.js'
import { harshest, rulingOf } from '../safety/policy/ruling.js'
import type { Draw } from '../safety/policy/sample.js'
import { defaultTerms } from '../safety/policyTerms.js'
import { Report } from '../safety/report.js'
import type { Verdict } from '../tasks/verdict.js'
import type { JudgeApart } from './judging.js'
import { policyOfQueue } from './policies.js'

export const createJudgeApart =
  (pool: JudgingPool, draw: Draw, now: () => number, judged: (verdict: Verdict, tookMs: number) => void): JudgeApart =>
  (spoken, known, then) => {
    const { raw, ...about } = spoken
    const policy = policyOfQueue(known, spoken.queue)
    const { deadlineMs } = (policy ?? defaultTerms).limits
    const { document } = known.stored
    // What belongs to no attempt is in no sample.
    const drawn = about.of === undefined ? 0 : draw(about.of)
    const since = now()
    pool.judge({ ...about, bytes: raw.bytes, document, drawn, deadlineMs }, (answer) => {
      const told = answer.kind === 'judged' ? { verdict: answer.verdict, hash: answer.outputHash } : failed(answer.why)
      judged(told.verdict, now() - since)
      then(told)
    })

    function failed(why: string): { readonly verdict: Verdict; readonly hash: string } {
      const report = new Report()
      report.noteFault('worker', why)
      const ruling = policy === undefined ? harshest(noPolicyVersion) : rulingOf(policy, { ...about, value: null })
      return { verdict: report.verdict(ruling), hash: '' }
    }
  }
