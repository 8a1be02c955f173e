/** What a view asks the node: when it opens, after each reconnect, and again as often as it says. */
import { useEffect, useState } from 'preact/hooks'
import { messageOf } from '../notices.js'
import { station } from '../room.js'

export type Asked<Answer> = { readonly answer?: Answer; readonly why?: string; readonly again: () => void }

type State<Answer> = { readonly of: string; readonly answer?: Answer; readonly why?: string }

/**
 * The last answer about the same stays while there is no newer one; `everyMs` missing: once. `ask` missing: there is
 * nothing to ask.
 */
export function useAnswer<Answer>(
  ask: (() => Promise<Answer>) | undefined,
  about: readonly (string | number)[],
  everyMs?: number,
): Asked<Answer> {
  const of = JSON.stringify(about)
  const [last, setLast] = useState<State<Answer>>({ of })
  const [round, setRound] = useState(0)
  const isOpen = station.isOpen.value
  useEffect(() => {
    if (!isOpen || ask === undefined) return
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const run = async () => {
      try {
        const answer = await ask()
        if (!isOver) setLast({ of, answer })
      } catch (error) {
        if (!isOver) setLast((before) => ({ ...(before.of === of ? before : { of }), why: messageOf(error) }))
      }
      if (!isOver && everyMs !== undefined) timer = setTimeout(() => void run(), everyMs)
    }
    void run()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [isOpen, round, of])
  return { ...(last.of === of ? last : {}), again: () => setRound(round + 1) }
}
