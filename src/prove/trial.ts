/** One fault, from a new world to its verdict: load, the fault in the midst of it, the end of all that, the reckoning. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Fault, Stage } from './fault.js'
import { type Reckoning, reckon } from './reckoning.js'
import { worseThan } from './verdict.js'
import { type Ground, usualShape, World } from './world.js'

export type Verdict = Reckoning & {
  readonly fault: string
  readonly tookMs: number
  /** What was worse than expected; none: it is as it should be. */
  readonly worse: readonly string[]
  /** Logs and data, kept where something was worse. */
  readonly folder: string | undefined
}

/** Rejects where the world can't be set up, or `signal` ends it; everything that it started has ended then. */
export async function tryFault(fault: Fault, ground: Ground, signal: AbortSignal): Promise<Verdict> {
  const startedAt = ground.clock.now()
  const world = await World.start(ground, { ...usualShape, ...fault.shape })
  let isKept = false
  try {
    const faultAt = await run(fault, world, signal)
    await readRecords(world, signal)
    const { spans } = ground
    const circumstances = { faultAt, lateMs: spans.lateMs, wasPutBack: fault.expected.isLossNoticed }
    const reckoning = reckon(world.history, circumstances)
    const worse = worseThan(fault.expected, reckoning, ground.isLong)
    isKept = worse.length > 0
    const folder = isKept ? world.folder : undefined
    return { ...reckoning, fault: fault.name, tookMs: ground.clock.now() - startedAt, worse, folder }
  } finally {
    await world.stop()
    if (!isKept) await world.forget()
  }
}

/** Returns when the fault began. */
async function run(fault: Fault, world: World, signal: AbortSignal): Promise<number> {
  const { spans, clock } = world.ground
  const stage = await populate(world, signal)
  const running = stage.submitter.run()
  await stage.pause(spans.beforeMs)
  const faultAt = clock.now()
  await fault.commit(stage)
  await stage.pause(spans.afterMs)
  stage.submitter.end()
  await running
  const until = clock.now() + spans.patienceMs
  while (!isOver(world) && clock.now() < until) await stage.pause(50)
  return faultAt
}

async function populate(world: World, signal: AbortSignal): Promise<Stage> {
  const doors = { agents: await world.balance(), producers: await world.balance(), operators: await world.balance() }
  const { fleets: count } = world.shape
  const [first, ...others] = await Promise.all(
    Array.from({ length: count }, (_, at) => world.hire(`fleet${at + 1}`, doors.agents.url)),
  )
  if (first === undefined) throw new Error('a world needs a fleet')
  const submitter = await world.submitter('desk', doors.producers.url)
  const reviewer = await world.reviewer('olga', doors.operators.url)
  await world.watchLedger()
  await reviewer.run()
  const wait = (ms: number) => pause(ms, undefined, { signal })
  while ([first, ...others].some(({ connected, order }) => connected < order.agents)) await wait(20)
  const complain = (sentence: string) => world.history.complaints.push(sentence)
  return { world, doors, fleets: [first, ...others], submitter, pause: wait, complain }
}

const isOver = ({ history }: World): boolean => {
  const ends = history.ends()
  return history.handed.every(
    ({ acknowledged, refused }) => refused !== undefined || (acknowledged !== undefined && ends.has(acknowledged.task)),
  )
}

const looksAtOnce = 64
const lookMs = 10_000

/** What the ledger says at the end, asked for by a producer of its own. */
async function readRecords(world: World, signal: AbortSignal): Promise<void> {
  const { history } = world
  const door = await world.balance()
  const { producer } = await world.submitter('reader', door.url)
  const tasks = history.handed.flatMap(({ acknowledged }) => (acknowledged === undefined ? [] : [acknowledged.task]))
  for (let from = 0; from < tasks.length && !signal.aborted; from += looksAtOnce) {
    await Promise.all(
      tasks.slice(from, from + looksAtOnce).map(async (task) => {
        const record = await producer.get(task, { timeoutMs: lookMs }).catch(() => undefined)
        if (record !== undefined) history.records.set(task, record)
      }),
    )
  }
}
