/**
 * A front door on real sockets, with a session behind it that answers every request by an `ack` that says what it got.
 *
 * Time stands still until a test moves it; bytes travel by themselves.
 */
import { randomBytes } from 'node:crypto'
import type { CloseEffect, FrameMessage, Identity, LostMessage, SendEffect } from '../../src/actors/effects.js'
import type { ActorDefinition } from '../../src/actors/runtime/actor.js'
import type { BuiltInEffect } from '../../src/actors/runtime/effect.js'
import { eventLoopScheduler } from '../../src/actors/runtime/scheduler.js'
import { createActorSystem } from '../../src/actors/runtime/system.js'
import { type VirtualClock, virtualClock } from '../../src/clock.js'
import { type Config, readConfig } from '../../src/config.js'
import type { Frame } from '../../src/protocol/reading.js'
import { seededRandom } from '../../src/random.js'
import { ack, type Reply } from '../../src/tasks/reply.js'
import { createAuthenticator, signToken } from '../../src/transport/authentication.js'
import type { Caller } from '../../src/transport/connection.js'
import type { CallerRole } from '../../src/transport/http/route.js'
import { createServer, type Server } from '../../src/transport/server.js'

export type Performed = { identity: Identity; role: CallerRole; frame: Frame; subscriber: string | undefined }

type SessionEffect = SendEffect | CloseEffect
type Session = { readonly name: string }
type Opened = { readonly session: string; readonly caller: Caller }

export type World = {
  readonly clock: VirtualClock
  readonly server: Server
  readonly secret: Uint8Array
  readonly opened: Opened[]
  /** Sessions that were told `lost`. */
  readonly lost: string[]
  readonly counts: Map<string, number>
  readonly performed: Performed[]
  readonly failures: unknown[]
  /** What calls are answered. */
  reply: Reply | (() => Promise<Reply>)
  unready: string | undefined
  token(claims?: Partial<{ sub: string; tenant: string; roles: string[]; ttlSeconds: number }>): Promise<string>
  url(path: string): string
  stop(): Promise<void>
}

export const origin = 1_700_000_000_000

export type WorldOptions = { readonly config?: Partial<Config>; readonly mailbox?: number; readonly stuck?: boolean }

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options)
  await world.server.start()
  return world
}

export const unstartedServer = (): Server => createWorld({ config: { metricsPort: 0 } }).server

function createWorld({ config, mailbox = 10_000, stuck = false }: WorldOptions): World {
  const clock = virtualClock({ origin })
  const secret = randomBytes(32)
  const opened: Opened[] = []
  const lost: string[] = []
  const counts = new Map<string, number>()
  const performed: Performed[] = []
  const failures: unknown[] = []
  const system = createActorSystem<SessionEffect>({
    clock,
    // A stuck world's actors get no turn: their mailboxes fill up.
    scheduler: stuck ? { run: () => {} } : eventLoopScheduler(),
    random: seededRandom(1),
    effects: {
      send: ({ frame }, self) => server.connections.send(self, frame),
      close: ({ code, reason }, self) => server.connections.close(self, code, reason),
    },
    onDeadLetter: () => {},
    onFailure: () => {},
  })
  const session = echoSession(mailbox, (name) => lost.push(name))
  const server = createServer({
    config: { ...readConfig({}, {}), port: 0, ...config },
    clock,
    authenticator: createAuthenticator({ keys: { secret }, clock }),
    tell: (to, message) => system.tell(to, message),
    openSession: (caller) => {
      const name = `session/${opened.length}`
      opened.push({ session: name, caller })
      system.spawn(session, name, name)
      return name
    },
    perform: async (identity, role, frame, subscriber) => {
      performed.push({ identity, role, frame, subscriber })
      return typeof world.reply === 'function' ? world.reply() : world.reply
    },
    unreadyFor: async () => world.unready,
    readMetrics: async () => ({ contentType: 'text/plain', text: 'up 1\n' }),
    count: (what, n) => counts.set(what, (counts.get(what) ?? 0) + n),
    onFailure: (error) => failures.push(error),
  })
  const world: World = {
    clock,
    server,
    secret,
    opened,
    lost,
    counts,
    performed,
    failures,
    reply: ack({}),
    unready: undefined,
    token: ({ sub = 'ann', tenant = 't_acme', roles = ['agent', 'producer', 'operator'], ttlSeconds = 3_600 } = {}) =>
      signToken(secret, { sub, tenant, roles, ttlSeconds, now: clock.now() }),
    url: (path) => `http://127.0.0.1:${server.port}${path}`,
    stop: async () => {
      await server.stop()
      await system.stop()
    },
  }
  return world
}

/** Says welcome, acknowledges what has an id, closes on a `cancel` for the task `close`. */
function echoSession(
  work: number,
  onLost: (name: string) => void,
): ActorDefinition<Session, FrameMessage<Frame> | LostMessage, BuiltInEffect<SessionEffect> | SessionEffect, string> {
  return {
    name: 'echo',
    supervision: 'stop',
    mailbox: { work },
    start: (name) => [{ name }],
    on: {
      frame: (state, { frame }) => {
        const { type, id } = frame
        if (type === 'hello') return [state, { kind: 'send', frame: welcome(id) }]
        if (type === 'cancel' && frame.task === 'close') return [state, { kind: 'close', code: 4010, reason: 'banned' }]
        if (id === undefined) return [state]
        return [state, { kind: 'send', frame: echo(frame) }]
      },
      lost: (state) => {
        onLost(state.name)
        return [state]
      },
    },
    control: ['lost'],
  }
}

const welcome = (re: unknown) => ({ type: 'welcome', re, node: 'n1' })

const echo = ({ type, id, ...rest }: Frame) => ({ type: 'ack', re: id, got: type, ...rest })
