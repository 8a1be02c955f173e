/** Before the token expires: room for a newer one, so that nothing is interrupted. */
import { useRef, useState } from 'preact/hooks'
import { Countdown } from '../moment.js'
import { say } from '../notices.js'
import { station } from '../room.js'
import { tick } from '../tick.js'
import { keptToken } from './tokenShelf.js'

const warnMs = 120_000

export function Renewal() {
  const field = useRef<HTMLInputElement>(null)
  const [why, setWhy] = useState<string | undefined>()
  const expiresAt = station.expiresAt.value
  tick.value
  if (expiresAt === undefined || station.place.value.kind !== 'signedIn' || expiresAt - station.now() > warnMs)
    return null
  const submit = async (event: Event) => {
    event.preventDefault()
    const failed = await station.signIn(field.current?.value ?? '', keptToken() !== null)
    setWhy(failed)
    if (failed === undefined) say('The new token is in use.')
  }
  return (
    <form class="renewal" onSubmit={submit} aria-label="Renew your token">
      <span>
        Your token expires in <Countdown until={expiresAt} over="a moment" />.
      </span>
      <label for="new-token">New token</label>
      <input id="new-token" ref={field} type="password" autocomplete="off" required />
      <button type="submit">Renew</button>
      {why !== undefined && <span role="alert">{why}</span>}
    </form>
  )
}
