/** One of several looks at the same thing. Arrow keys move between them. */
import { useRef } from 'preact/hooks'

type Props = {
  readonly tabs: readonly { readonly name: string; readonly label: string }[]
  readonly open: string
  readonly onOpen: (name: string) => void
  readonly label: string
}

export function Tabs({ tabs, open, onOpen, label }: Props) {
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const at = tabs.findIndex(({ name }) => name === open)
    const next = tabs[(at + by + tabs.length) % tabs.length]
    if (next === undefined) return
    onOpen(next.name)
    list.current?.querySelector<HTMLElement>(`#tab-${next.name}`)?.focus()
  }
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
      {tabs.map(({ name, label: shown }) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={name === open}
          {...(name === open ? { 'aria-controls': `panel-${name}` } : {})}
          tabIndex={name === open ? 0 : -1}
          onClick={() => onOpen(name)}
        >
          {shown}
        </button>
      ))}
    </div>
  )
}
