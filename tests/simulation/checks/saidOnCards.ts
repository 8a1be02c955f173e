/** What people said on cards, one by one or on a list, and what they were answered, if they were. */
import type { Frame } from '../../../src/protocol/reading.js'
import type { History } from '../history.js'

export type Said = {
  readonly review: string
  readonly by: string
  readonly version: unknown
  readonly frame: Frame
  /** `unknown`: nothing came back, or that the node couldn't tell. */
  readonly answer: 'taken' | 'refused' | 'unknown'
}

type Item = { readonly review: string; readonly version?: unknown }
type ItemAnswer = { readonly error?: { readonly code: string } }

/** The node may have carried it out before it failed at the answer. */
const unsure: readonly unknown[] = ['OVERLOADED', 'INTERNAL']

const answerOf = (code: unknown): Said['answer'] => {
  if (code === undefined) return 'taken'
  return unsure.includes(code) ? 'unknown' : 'refused'
}

export const saidOn = ({ asked, answered }: History): readonly Said[] => {
  const replies = new Map(answered.map(({ asked: order, reply }) => [order, reply]))
  return asked.flatMap(({ by, request: frame, order }): readonly Said[] => {
    const reply = replies.get(order)
    const about = { by: by.who.sub, frame }
    if (frame.type === 'decide') {
      const answer = reply === undefined ? 'unknown' : answerOf(reply.code)
      return [{ ...about, review: String(frame.review), version: frame.version, answer }]
    }
    if (frame.type !== 'decideMany') return []
    const answers = reply?.decisions as readonly ItemAnswer[] | undefined
    return (frame.cards as readonly Item[]).map(({ review, version }, at) => {
      const one = answers?.[at]
      return {
        ...about,
        review,
        version,
        answer: one === undefined ? answerOf(reply?.code ?? 'OVERLOADED') : answerOf(one.error?.code),
      }
    })
  })
}
