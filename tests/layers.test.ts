/** The tree is the architecture: who may import whom, and which outside package stands behind which file. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const source = resolve(import.meta.dirname, '../src')

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => join(source, name))

/** What a file imports, types included: paths from `src` for our own, names for packages. */
const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:^(?:import|export)\b[^'"`;=]*?from |\bimport\()'([^'\n]+)'/gm)].map(
    ([, target = '']) =>
      target.startsWith('.') ? relative(source, resolve(dirname(file), target)).replace(/\.js$/, '.ts') : target,
  )

/** The room of a file: its first folder, or its own name. */
const roomOf = (path: string): string => path.split('/')[0]?.replace(/\.ts$/, '') ?? ''

const leaves = ['errors', 'clock', 'timerHeap', 'ids', 'random', 'lifecycle', 'config', 'protocol', 'tasks'] as const

/** Which rooms a room may import, beside itself. `ledger` alone means its port. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  random: [],
  timerHeap: [],
  lifecycle: [],
  ids: ['random'],
  clock: ['timerHeap'],
  config: ['errors', 'protocol'],
  protocol: [],
  ledger: ['clock', 'errors', 'ids', 'random', 'lifecycle'],
  tasks: ['protocol', 'ledger'],
  actors: [...leaves, 'ledger'],
  transport: [...leaves, 'actors'],
  safety: [...leaves, 'actors'],
  review: [...leaves, 'ledger', 'actors'],
  cluster: [...leaves, 'ledger', 'actors'],
  telemetry: [...leaves],
  client: ['protocol'],
  webhooks: [...leaves, 'ledger', 'actors'],
  main: [...leaves, 'ledger', 'actors', 'transport', 'safety', 'review', 'cluster', 'webhooks', 'telemetry'],
  prove: [...leaves, 'client'],
  cli: [...leaves, 'ledger', 'main', 'client', 'transport', 'prove', 'safety'],
}

/** Rooms that see the port alone, never a driver. */
const portOnly = ['tasks', 'actors', 'review', 'cluster', 'webhooks']

/** Each outside package behind one file, or one folder. */
const packages: Readonly<Record<string, readonly string[]>> = {
  ws: ['transport/webSocketServer.ts', 'client/socket.ts'],
  jose: ['transport/authentication.ts'],
  fastify: ['transport/http/httpServer.ts'],
  pino: ['telemetry/log.ts'],
  'prom-client': ['telemetry/metrics.ts'],
  nanoid: ['ids.ts'],
  lmdb: ['ledger/embedded/'],
  commander: ['cli/'],
  typebox: ['protocol/', 'transport/http/'],
  msgpackr: ['protocol/raw.ts'],
  ioredis: ['ledger/redis/connectionClient.ts'],
  ajv: ['safety/filters/schema/schemaCompiler.ts'],
  'ajv-formats': ['safety/filters/schema/schemaCompiler.ts'],
  re2js: ['safety/filters/pattern.ts'],
}

describe('[LAYERS] the house', () => {
  it('has for each room only imports that the room may have', () => {
    const wrong = files.flatMap((file) => {
      const path = relative(source, file)
      const room = roomOf(path)
      return importsOf(file)
        .filter((target) => target.endsWith('.ts'))
        .filter((target) => roomOf(target) !== room && !allowed[room]?.includes(roomOf(target)))
        .map((target) => `${path} imports ${target}`)
    })
    expect(wrong).toEqual([])
  })

  it('shows drivers of the ledger to nobody but main', () => {
    const wrong = files.flatMap((file) => {
      const path = relative(source, file)
      if (!portOnly.includes(roomOf(path))) return []
      return importsOf(file)
        .filter((target) => target.startsWith('ledger/') && target !== 'ledger/port.ts')
        .map((target) => `${path} imports ${target}`)
    })
    expect(wrong).toEqual([])
  })

  it('has each outside package behind one place', () => {
    const wrong = files.flatMap((file) => {
      const path = relative(source, file)
      return importsOf(file)
        .filter((target) => !target.endsWith('.ts') && !target.startsWith('node:'))
        .filter((target) => {
          const name = target
            .split('/')
            .slice(0, target.startsWith('@') ? 2 : 1)
            .join('/')
          return packages[name]?.every((place) => !path.startsWith(place)) ?? roomOf(path) !== 'cli'
        })
        .map((target) => `${path} imports ${target}`)
    })
    expect(wrong).toEqual([])
  })

  it('reads clock, randomness and environment in their own rooms alone', () => {
    const wrong = files.flatMap((file) => {
      const path = relative(source, file)
      if (/^(clock|random|ids|config|main|cli)\b/.test(path) || path === 'client/platform.ts') return []
      const found = readFileSync(file, 'utf8').match(/\bDate\.now\(|\bMath\.random\(|\bprocess\.env\b/)
      return found === null ? [] : [`${path}: ${found[0]}`]
    })
    expect(wrong).toEqual([])
  })
})
