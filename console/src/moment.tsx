/** Times for people: how long ago, how long yet, and when exactly. */
import { station } from './room.js'
import { tick } from './tick.js'

const units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const

/** Its largest units: `3 min 20 s`. */
export function span(ms: number, most = 2): string {
  let left = Math.max(0, ms)
  const parts: string[] = []
  for (const [length, unit] of units) {
    const n = Math.floor(left / length)
    left -= n * length
    if (n > 0 || (unit === 's' && parts.length === 0)) parts.push(`${n} ${unit}`)
    if (parts.length === most) break
  }
  return parts.join(' ')
}

const stamp = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19)

export function Ago({ at }: { readonly at: number }) {
  tick.value
  return (
    <time dateTime={new Date(at).toISOString()} title={`${stamp(at)} UTC`}>
      {span(station.now() - at, 1)}
    </time>
  )
}

export function When({ at }: { readonly at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{stamp(at)}</time>
}

/** Counts down; screen readers read it where they come to it, and are not told each second. */
export function Countdown({ until, over }: { readonly until: number; readonly over: string }) {
  tick.value
  const ms = until - station.now()
  return (
    <span
      role="timer"
      aria-live="off"
      class={ms < 60_000 ? 'countdown near' : 'countdown'}
      title={`${stamp(until)} UTC`}
    >
      {ms <= 0 ? over : span(ms)}
    </span>
  )
}
