/**
 * The operator's place at the node: who is signed in, the connection, and requests over it.
 *
 * `signed out → signing in → signed in ⇄ expired`. What others keep (drafts, the open card) outlives `expired`: the same
 * person signs in again and goes on. A request that must not be lost waits for that, too.
 */
import { computed, signal } from '@preact/signals'
import type { CallOptions } from '../../../src/client/call.js'
import { call } from '../../../src/client/call.js'
import { ChimeraError } from '../../../src/client/chimeraError.js'
import type { Frame } from '../../../src/client/connection.js'
import { Link } from '../../../src/client/link.js'
import type { LinkState } from '../../../src/client/linkState.js'
import type { Ack, NodeFrame, Welcome } from '../../../src/protocol/nodeFrames.js'
import { claimsOf } from './claims.js'
import { probe } from './probe.js'
import { dropToken, keepToken, keptToken } from './tokenShelf.js'

export type Who = { readonly sub: string; readonly tenant: string; readonly roles: readonly string[] }

export type Place =
  | { readonly kind: 'signedOut'; readonly why?: string }
  | { readonly kind: 'signingIn' }
  | { readonly kind: 'signedIn' }
  /** The token is no good any more; the work in progress is kept for `who`. */
  | { readonly kind: 'expired'; readonly why: string }

/** The node's address without a path. */
const base = location.origin + location.pathname.replace(/\/console\/.*$/, '')

export class Station {
  readonly place = signal<Place>({ kind: 'signedOut' })
  readonly who = signal<Who | undefined>(undefined)
  readonly state = signal<LinkState>({ kind: 'connecting' })
  readonly expiresAt = signal<number | undefined>(undefined)
  readonly isOpen = computed(() => this.place.value.kind === 'signedIn' && this.state.value.kind === 'open')
  /** Told after each welcome. */
  onWelcome: () => void = () => {}
  onFrame: (frame: NodeFrame) => void = () => {}
  /** Somebody else signed in, or all is to be forgotten. */
  onForget: () => void = () => {}
  #link: Link | undefined
  #token = ''
  #again:
    | { readonly promise: Promise<void>; readonly resolve: () => void; readonly reject: (why: unknown) => void }
    | undefined

  /** By the ledger's clock, ms since the epoch. */
  now(): number {
    return this.#link?.ledgerNow() ?? Date.now()
  }

  resume(): void {
    const token = keptToken()
    if (token !== null) void this.signIn(token, true)
  }

  /** Resolves with why the token was not taken, where it wasn't. */
  async signIn(given: string, isKept: boolean): Promise<string | undefined> {
    const token = given.trim()
    const before = this.place.value
    if (before.kind === 'signedIn') return this.#renew(token, isKept)
    this.place.value = { kind: 'signingIn' }
    const probed = await probe(base, token)
    if (probed.kind !== 'taken') {
      this.place.value =
        before.kind === 'expired' ? { ...before, why: probed.why } : { kind: 'signedOut', why: probed.why }
      return probed.why
    }
    this.#forgetOthers(token)
    this.#shelve(token, isKept)
    this.place.value = { kind: 'signedIn' }
    this.#connect()
    return undefined
  }

  signOut(): void {
    this.#end({ kind: 'signedOut' })
    this.#forget()
  }

  /** Answered once; rejects with what the node refused. */
  ask(frame: Frame, options?: CallOptions): Promise<Ack> {
    if (this.#link === undefined) return Promise.reject(new ChimeraError('CLOSED', 'Nobody is signed in.'))
    return call(this.#link, frame, options)
  }

  /** Sent again over each connection, and after signing in again, until it is answered. */
  async askUntilAnswered(frame: Frame): Promise<Ack> {
    for (;;) {
      try {
        return await this.ask(frame, { timeoutMs: 2 ** 31 - 1 })
      } catch (error) {
        // A link that ends for want of a good token has said so by now; all else is the node's refusal.
        if (this.place.value.kind !== 'expired') throw error
        await this.#signedInAgain()
      }
    }
  }

  #signedInAgain(): Promise<void> {
    this.#again ??= Promise.withResolvers<void>()
    return this.#again.promise
  }

  /** Of the same person, beside a connection that lives: the link hands it over (`reauth`) before the old one ends. */
  async #renew(token: string, isKept: boolean): Promise<string | undefined> {
    const probed = await probe(base, token)
    if (probed.kind !== 'taken') return probed.why
    const claims = claimsOf(token)
    const who = this.who.value
    if (claims?.sub !== who?.sub || claims?.tenant !== who?.tenant)
      return 'That token is somebody else’s: sign out first.'
    this.#shelve(token, isKept)
    return undefined
  }

  #shelve(token: string, isKept: boolean): void {
    this.#token = token
    this.expiresAt.value = claimsOf(token)?.expiresAt
    if (isKept) keepToken(token)
    else dropToken()
  }

  #connect(): void {
    this.#link?.close()
    const link = new Link(
      { url: base, token: async () => this.#token },
      {
        role: 'operator',
        hello: () => ({}),
        heartbeat: () => ({}),
        welcomed: (welcome) => this.#welcomed(welcome),
        received: (frame) => this.onFrame(frame),
        forgot: () => this.onWelcome(),
        closed: (because) => {
          if (because !== undefined) this.#closed(because)
        },
      },
    )
    this.#link = link
    this.state.value = link.state
    link.onState((state) => {
      if (link !== this.#link) return
      this.state.value = state
      if (state.kind === 'waiting') void this.#lookAtToken(link)
    })
  }

  #welcomed({ sub, tenant, roles }: Welcome): void {
    this.who.value = { sub, tenant, roles }
    // After the link has taken the connection for its own.
    queueMicrotask(() => {
      this.#again?.resolve()
      this.#again = undefined
      this.onWelcome()
    })
  }

  #closed({ code, message }: ChimeraError): void {
    const isToken = code === 'TOKEN_EXPIRED' || code === 'UNAUTHORIZED' || code === 'FORBIDDEN'
    this.#end({
      kind: 'expired',
      why: isToken ? 'Your token has expired. Your work is kept: sign in again to go on.' : message,
    })
  }

  /** A node that can't be reached and one that refuses the token look the same to a WebSocket. */
  async #lookAtToken(link: Link): Promise<void> {
    const probed = await probe(base, this.#token)
    if (probed.kind === 'refused' && link === this.#link && this.state.value.kind !== 'open')
      this.#end({
        kind: 'expired',
        why: `Your token is no longer accepted. Your work is kept: sign in again to go on. ${probed.why}`,
      })
  }

  #end(place: Place): void {
    const link = this.#link
    this.#link = undefined
    link?.close()
    dropToken()
    this.expiresAt.value = undefined
    this.place.value = place
  }

  #forgetOthers(token: string): void {
    const who = this.who.value
    const claims = claimsOf(token)
    if (who !== undefined && (who.sub !== claims?.sub || who.tenant !== claims.tenant)) this.#forget()
  }

  #forget(): void {
    this.who.value = undefined
    this.#again?.reject(new ChimeraError('CLOSED', 'You signed out before it was answered.'))
    this.#again = undefined
    this.onForget()
  }
}
