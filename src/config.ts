/**
 * Every knob of a node in one place, with its default, its unit and why; and the only reader of the environment.
 *
 * A flag wins over its variable, which wins over the default. What is wrong is refused with the name that it was given
 * under, and so is a `CHIMERA_` variable that nobody reads: most often it is one that was misspelt.
 */
import { isIP } from 'node:net'
import { UsageError } from './errors.js'
import { bytesBetween, type Format } from './protocol/formats.js'

type Knob<Value> = {
  /** Undefined: not what was expected. */
  readonly read: (text: string) => Value | undefined
  readonly expected: string
  readonly fallback: Value
  readonly why: string
  /** Not to be given as a flag, which other users of the machine can see. */
  readonly isSecret?: true
  /** It may hold a password: not repeated in messages. */
  readonly isPrivate?: true
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const KiB = 1_024
const MiB = 1_024 * KiB

const integer = (fallback: number, min: number, max: number, why: string): Knob<number> => ({
  read: (text) => (/^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined),
  expected: `an integer from ${min} to ${max}`,
  fallback,
  why,
})

const optional = <Value>(knob: Knob<Value>): Knob<Value | undefined> => ({ ...knob, fallback: undefined })

const text = (fallback: string, format: Format, why: string): Knob<string> => ({
  read: (given) => (format.accepts(given) ? given : undefined),
  expected: format.expected,
  fallback,
  why,
})

const oneOf = <const Value extends string>(values: readonly Value[], fallback: Value, why: string): Knob<Value> => ({
  read: (given) => values.find((value) => value === given),
  expected: `one of ${values.join(', ')}`,
  fallback,
  why,
})

const webAddress = (given: string): URL | undefined => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined
}

const origins = (given: string): readonly string[] | undefined => {
  const each = given.split(',').map((origin) => origin.trim())
  return each.every((origin) => webAddress(origin)?.origin === origin) ? each : undefined
}

const networks = (given: string): readonly string[] | undefined => {
  const each = given.split(',').map((network) => network.trim())
  return each.every(isNetwork) ? each : undefined
}

const isNetwork = (network: string): boolean => {
  const [address = '', bits, more] = network.split('/')
  const family = isIP(address)
  if (family === 0 || more !== undefined) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

const nameOfPart: Format = {
  accepts: (given) => /^[A-Za-z0-9_.-]{1,64}$/.test(given),
  expected: "1 to 64 letters, digits, '_', '.' or '-'",
}

const clusterIds: Format = {
  accepts: (given) => /^[A-Za-z0-9_]{1,64}$/.test(given),
  expected: "1 to 64 letters, digits or '_'",
}

export const knobs = {
  host: text('127.0.0.1', bytesBetween(1, 253), 'Where to listen. Nobody else gets in until told otherwise.'),
  port: integer(7_700, 0, 65_535, 'For WebSockets and HTTP. 0 takes a free one.'),
  metricsPort: optional(
    integer(0, 0, 65_535, 'Prometheus text, on a port of its own since it needs no token. Off by default.'),
  ),
  data: text('.chimera', bytesBetween(1, 4_096), 'The folder of the embedded ledger, and of the secret for tokens.'),
  redis: {
    read: (given) => (/^rediss?(\+sentinel|\+cluster)?:\/\/./.test(given) ? given : undefined),
    expected: 'an address that begins with redis://, rediss://, redis+sentinel:// or redis+cluster://',
    fallback: undefined,
    why: 'Where several nodes share their ledger, instead of a data folder of their own.',
    isPrivate: true,
  } as Knob<string | undefined>,
  cluster: text('chimera', nameOfPart, 'On Redis: nodes of one cluster share it, and their keys begin with it.'),
  clusterId: optional(
    text('', clusterIds, "On Redis: the cluster's own id, for nodes whose data folder doesn't outlive them."),
  ),
  redisReplicas: integer(0, 0, 16, 'On Redis: replicas that must have each write before it is acknowledged (WAIT).'),
  redisFlush: optional(
    oneOf(['always', 'everysec', 'no'], 'no', "On Redis: its appendfsync, where it doesn't let nodes read it."),
  ),
  shards: integer(16, 1, 1_024, 'On Redis: fixed when the cluster is made. More than nodes, so that they spread.'),
  node: optional(text('', nameOfPart, "On Redis: this node's own name. By default its host and port.")),
  publicUrl: {
    read: (given) => webAddress(given)?.origin,
    expected: 'an http or https address',
    fallback: undefined,
    why: 'On Redis: where clients reach this node, for whoever looks at the cluster.',
  } as Knob<string | undefined>,
  nodeLeaseMs: integer(2 * second, 500, minute, 'On Redis: a node silent for so long loses its shards to others.'),
  nodeQuietMs: integer(6 * second, second, 10 * minute, 'On Redis: a node silent for so long is taken for dead.'),
  logLevel: oneOf(['debug', 'info', 'warn', 'error', 'silent'], 'info', 'From which level on lines are written.'),
  jwtSecret: {
    ...optional(
      text('', bytesBetween(32, 4 * KiB), 'Signs tokens (HS256), which asks for 256 bits. Made on a first start.'),
    ),
    isSecret: true,
  } as Knob<string | undefined>,
  jwksUrl: {
    read: (given) => webAddress(given)?.href,
    expected: 'an http or https address',
    fallback: undefined,
    why: 'Public keys of whoever issues the tokens, instead of a secret.',
  } as Knob<string | undefined>,
  allowedOrigins: {
    read: origins,
    expected: 'origins such as https://console.example.org, with commas between',
    fallback: [],
    why: "Pages that may connect from a browser, beside the node's own.",
  } as Knob<readonly string[]>,

  trustedProxies: {
    read: networks,
    expected: 'addresses or networks such as 10.0.0.0/8, with commas between',
    fallback: [],
    why: 'Balancers before the node, whose X-Forwarded-For says where a client really is. Off by default.',
  } as Knob<readonly string[]>,

  webhookNetworks: {
    read: networks,
    expected: 'addresses or networks such as 10.0.0.0/8, with commas between',
    fallback: [],
    why: 'Where webhooks may be sent beside the public internet; http is for loopback alone. None by default.',
  } as Knob<readonly string[]>,

  heartbeatMs: integer(
    5 * second,
    100,
    10 * minute,
    'Silent for three of these is dead; 10,000 agents send 2,000 beats a second.',
  ),
  leaseMs: integer(15 * second, second, hour, 'Three heartbeats: two may be lost.'),
  resumeMs: integer(15 * second, 0, hour, 'Leases of a lost connection are kept: a restart, or a train in a tunnel.'),
  drainMs: integer(10 * second, 0, 10 * minute, 'From the first word of a drain to the end of the process.'),

  messageBytes: integer(MiB, 16 * KiB, 64 * MiB, 'A WebSocket message or HTTP body towards the node.'),
  payloadBytes: integer(512 * KiB, KiB, 32 * MiB, 'Half a message: it travels with other things.'),
  outputBytes: integer(512 * KiB, KiB, 32 * MiB, 'As payloads: the output of a step is the input of the next.'),
  framesPerSecond: integer(
    5_000,
    1,
    1_000_000,
    'Of one connection, with as many saved up. A frame may submit 256 tasks.',
  ),
  outcomeWindow: integer(1_000, 1, 65_536, 'Outcomes under way to a producer that it has not marked as seen.'),
  outboxMaxBytes: integer(
    16 * MiB,
    64 * KiB,
    1_024 * MiB,
    'What may wait for a slow reader: two of the largest messages.',
  ),
  maxConnections: integer(20_000, 1, 1_000_000, 'About 20 kB each.'),
  admissionsPerSecond: integer(
    2_000,
    1,
    1_000_000,
    'Connections let in, fewer while the node is late: those who are in come first.',
  ),
  connectsPerSecond: integer(5_000, 1, 1_000_000, 'Of one address: a whole fleet may come from behind one.'),
  refusalsPerMinute: integer(60, 1, 1_000_000, 'Refused tokens of one address.'),

  claimMs: integer(
    2 * minute,
    second,
    day,
    'An operator has a card to themselves; a console that is open claims again.',
  ),
  reviewHighMs: integer(
    4 * hour,
    second,
    365 * day,
    'A card of severity high waits no longer, unless a policy says otherwise: rejected by time then.',
  ),
  reviewNormalMs: integer(day, second, 365 * day, 'As above, severity normal. A day has everybody at work once.'),
  reviewLowMs: integer(3 * day, second, 365 * day, 'As above, severity low: over a weekend.'),

  tasksPerLane: integer(1_000_000, 1, 100_000_000, 'That may wait in one queue and priority of a tenant.'),
  taskRetentionMs: integer(7 * day, day, 3_650 * day, 'Records of ended tasks, and with them their keys.'),
  outcomeRetentionMs: integer(7 * day, hour, 365 * day, 'Outcomes that nobody has seen.'),
  outcomesKept: integer(10_000, 1, 10_000_000, 'Outcomes unseen, for each subscriber.'),
  absentRetentionMs: integer(
    30 * day,
    day,
    3_650 * day,
    'Agents and subscribers that nobody has heard of, and how many cards were decided on a day.',
  ),
  auditRetentionMs: integer(365 * day, day, 36_500 * day, 'Entries of the audit log.'),
} as const satisfies Record<string, Knob<unknown>>

type KnobName = keyof typeof knobs

export type Config = { readonly [Name in KnobName]: (typeof knobs)[Name] extends Knob<infer Value> ? Value : never }

/** Where the commands that talk to a node find it. */
export type ClientConfig = { readonly url?: string; readonly token?: string }

export type Environment = Readonly<Record<string, string | undefined>>

const prefix = 'CHIMERA_'
const clientVariables = ['CHIMERA_URL', 'CHIMERA_TOKEN']
const names = Object.keys(knobs) as KnobName[]

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

export const flagOf = (name: KnobName): string => `--${dashed(name)}`

export const variableOf = (name: KnobName): string => prefix + dashed(name).replaceAll('-', '_').toUpperCase()

/** `flags` by the names of their knobs. Throws `UsageError`. */
export function readConfig(flags: Readonly<Partial<Record<string, string>>>, env: Environment = process.env): Config {
  refuseUnknown(env)
  const entries = names.map((name) => [name, readKnob(name, flags[name], env)])
  const config = Object.fromEntries(entries) as Config
  if (config.jwtSecret !== undefined && config.jwksUrl !== undefined)
    throw new UsageError(`${variableOf('jwtSecret')} and ${variableOf('jwksUrl')}: expected one of them, got both`)
  return config
}

export function readClientConfig(env: Environment = process.env): ClientConfig {
  const { CHIMERA_URL: url, CHIMERA_TOKEN: token } = env
  return { ...(url ? { url } : {}), ...(token ? { token } : {}) }
}

function readKnob(name: KnobName, flag: string | undefined, env: Environment): unknown {
  const knob: Knob<unknown> = knobs[name]
  if (flag !== undefined && knob.isSecret)
    throw new UsageError(
      `${flagOf(name)}: a flag can be seen by others on this machine; set ${variableOf(name)} instead`,
    )
  const given = flag ?? (env[variableOf(name)] || undefined)
  if (given === undefined) return knob.fallback
  const value = knob.read(given)
  if (value !== undefined) return value
  const got = knob.isSecret || knob.isPrivate ? `${given.length} characters` : JSON.stringify(given)
  throw new UsageError(`${flag === undefined ? variableOf(name) : flagOf(name)}: expected ${knob.expected}, got ${got}`)
}

function refuseUnknown(env: Environment): void {
  const known = [...names.map(variableOf), ...clientVariables]
  const unknown = Object.keys(env).find((variable) => variable.startsWith(prefix) && !known.includes(variable))
  if (unknown === undefined) return
  const nearest = known.reduce((best, each) => (distance(unknown, each) < distance(unknown, best) ? each : best))
  throw new UsageError(`${unknown}: there is no such variable; did you mean ${nearest}?`)
}

/** Letters to add, drop or change (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (letter === b[j] ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
