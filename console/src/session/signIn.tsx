/** Where an operator begins, and comes back to when the token has expired. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { station } from '../room.js'

export function SignIn() {
  const place = station.place.value
  const field = useRef<HTMLInputElement>(null)
  const [isKept, setKept] = useState(false)
  const isBusy = place.kind === 'signingIn'
  const why = place.kind === 'signedOut' || place.kind === 'expired' ? place.why : undefined
  useLayoutEffect(() => field.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    const token = field.current?.value ?? ''
    if (!isBusy && token.trim() !== '') void station.signIn(token, isKept)
  }
  return (
    <main class="sign-in">
      <form onSubmit={submit} aria-labelledby="sign-in-title">
        <p class="brand" aria-hidden="true">
          Chimera
        </p>
        <h1 id="sign-in-title">{place.kind === 'expired' ? 'Sign in again' : 'Review console'}</h1>
        {why !== undefined && (
          <p class="complaint" role="alert" id="sign-in-why">
            {why}
          </p>
        )}
        <label for="token">Token</label>
        <input
          id="token"
          ref={field}
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          aria-describedby={why === undefined ? 'token-hint' : 'sign-in-why token-hint'}
          aria-invalid={why !== undefined && place.kind === 'signedOut'}
        />
        <p id="token-hint" class="quiet">
          Of an operator or admin: <code>chimera token</code> makes one.
        </p>
        <label class="choice">
          <input type="checkbox" checked={isKept} onChange={({ currentTarget }) => setKept(currentTarget.checked)} />
          Keep it in this tab when the page is loaded again
        </label>
        <button type="submit" class="primary" aria-disabled={isBusy}>
          {isBusy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  )
}
