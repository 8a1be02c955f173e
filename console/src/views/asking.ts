/** What a view asks the node: when it opens, after each reconnect, and again as often as it says. */
import { useEffect, useState } from 'preact/hooks'
import { messageOf } from '../notices.js'
import { station } from '../room.js'

export type Asked<Answer> = { readonly answer?: Answer; readonly why?: string; readonly again: () => void }

/** The last answer stays while there is no newer one; `everyMs` missing: once. */
export function useAnswer<Answer>(
  ask: () => Promise<Answer>,
  about: readonly unknown[],
  everyMs?: number,
): Asked<Answer> {
  const [state, setState] = useState<{ readonly answer?: Answer; readonly why?: string }>({})
  const [round, setRound] = useState(0)
  const isOpen = station.isOpen.value
  useEffect(() => {
    if (!isOpen) return
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const run = async () => {
      try {
        const answer = await ask()
        if (!isOver) setState({ answer })
      } catch (error) {
        if (!isOver) setState((before) => ({ ...before, why: messageOf(error) }))
      }
      if (!isOver && everyMs !== undefined) timer = setTimeout(() => void run(), everyMs)
    }
    void run()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [isOpen, round, ...about])
  return { ...state, again: () => setRound(round + 1) }
}
