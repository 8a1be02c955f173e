/** A list that is read page by page, and begun anew when what it is about changes. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Ack } from '../../../src/protocol/nodeFrames.js'
import { messageOf } from '../notices.js'
import { station } from '../room.js'

type Pages<Item> = {
  readonly items: readonly Item[]
  readonly cursor?: string
  readonly why?: string
  readonly isReading: boolean
}

export function usePages<Item>(ask: (cursor: string | undefined) => Promise<Ack>, field: string, about: string) {
  const [pages, setPages] = useState<Pages<Item>>({ items: [], isReading: true })
  const isOpen = station.isOpen.value
  const read = async (before: readonly Item[], cursor: string | undefined, isWanted: () => boolean) => {
    setPages((shown) => ({ ...shown, isReading: true }))
    try {
      const ack = await ask(cursor)
      if (!isWanted()) return
      const next = typeof ack.cursor === 'string' ? { cursor: ack.cursor } : {}
      setPages({ items: [...before, ...((ack[field] ?? []) as readonly Item[])], isReading: false, ...next })
    } catch (error) {
      if (isWanted()) setPages({ items: before, why: messageOf(error), isReading: false })
    }
  }
  useEffect(() => {
    if (!isOpen) return
    let isWanted = true
    void read([], undefined, () => isWanted)
    return () => {
      isWanted = false
    }
  }, [isOpen, about])
  return { ...pages, more: () => void read(pages.items, pages.cursor, () => true) }
}

type Frame = {
  readonly why: string | undefined
  readonly isReading: boolean
  readonly isEmpty: boolean
  readonly more: (() => void) | undefined
  readonly children: ComponentChildren
}

export function Paged({ why, isReading, isEmpty, more, children }: Frame) {
  return (
    <>
      {why !== undefined && <p class="complaint">{why}</p>}
      {children}
      {isEmpty && why === undefined && <p class="empty">{isReading ? 'Reading …' : 'There is nothing.'}</p>}
      {more !== undefined && (
        <button type="button" onClick={more} aria-disabled={isReading}>
          Show more
        </button>
      )}
    </>
  )
}
