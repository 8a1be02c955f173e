/** Whether what is shown is live. */
import { station } from './room.js'

export function ConnectionState() {
  const state = station.state.value
  const isOpen = state.kind === 'open'
  const text = isOpen
    ? `Live: ${state.node}`
    : state.kind === 'waiting'
      ? 'No connection: trying again'
      : state.kind === 'closed'
        ? `Closed: ${state.because?.message ?? 'signed out'}`
        : 'Connecting'
  return (
    <p class={isOpen ? 'connection open' : 'connection'} role="status">
      <span class="dot" aria-hidden="true" />
      <span>{text}</span>
    </p>
  )
}
