/** An agent's session judges by the policy that is in force when it commits, and the node knows which that is. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Judgement } from '../../src/actors/effects.js'
import { freshMs, knownPolicy, policyWatch } from '../../src/actors/policyWatch.js'
import { createJudging } from '../../src/main/judging.js'
import { Raw } from '../../src/protocol/raw.js'
import { demandPassed, NotPassed } from '../../src/tasks/passed.js'
import { changePolicy, noStoredPolicy, readStoredPolicy } from '../../src/tasks/policyRecord.js'
import type { Procedure } from '../../src/tasks/procedure.js'
import { AgentWorld, joined, result } from '../actors/agentSessionWorld.js'
import { Stepper } from '../actors/stepper.js'
import { hold, noon, pass, tenant, World } from '../tasks/world.js'

const versions = { before: 'p_0', version: 'p_1' }

const change = async (world: World, document = '{}'): Promise<number> => {
  const over = await world.perform(readStoredPolicy(world.desk, tenant))
  await world.perform(changePolicy(world.desk, { tenant, by: 'ann', over, document, versions }))
  return (await world.perform(readStoredPolicy(world.desk, tenant))).edition
}

describe('a result', () => {
  const sent = async (world: AgentWorld) => {
    const held = await world.assign()
    return { held, id: world.say(result(held)) }
  }

  test('[PO20 G3] that passed by a policy no longer in force is judged again, and answered once', async () => {
    const world = await joined()
    const { held, id } = await sent(world)
    world.edition = await change(world.tasks)
    world.verdict = hold
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ type: 'ack', status: 'NEEDS_REVIEW' })
    expect(world.judged.filter(({ of }) => of?.task === held.task)).toHaveLength(2)
    expect(world.asked.map(({ after }) => after).slice(-1)).toEqual([0])
    expect(await world.tasks.record(held.task)).not.toHaveProperty('output')
  })

  test('[PO20] that was held by a policy no longer in force is judged again, and may pass', async () => {
    const world = await joined()
    world.verdict = hold
    const { held, id } = await sent(world)
    world.edition = await change(world.tasks)
    world.verdict = pass
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ status: 'COMPLETED' })
    expect((await world.tasks.audit()).filter(({ kind }) => kind === 'held')).toEqual([])
    expect(held).toBeDefined()
  })

  test('[PO21 G4] is held where the policy changes each time that it is to be committed', async () => {
    const world = await joined()
    const { held, id } = await sent(world)
    // The node never gets to know.
    await change(world.tasks)
    await world.run()
    expect(world.asked.map(({ after, isHeld }) => ({ after, isHeld })).slice(-3)).toEqual([
      { after: 0, isHeld: undefined },
      { after: 0, isHeld: undefined },
      { after: undefined, isHeld: true },
    ])
    expect(world.answerTo(id)).toMatchObject({ status: 'NEEDS_REVIEW' })
    expect((await world.tasks.task(held.task)).status).toBe('NEEDS_REVIEW')
  })

  test('[PO20] sent twice meanwhile is judged for the first, and both are answered', async () => {
    const world = await joined()
    const { held, id } = await sent(world)
    world.edition = await change(world.tasks)
    const again = world.say(result(held))
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ status: 'COMPLETED' })
    expect(world.answerTo(again)).toMatchObject({ status: 'COMPLETED', duplicate: true })
  })

  test('[PO20] of an agent that is gone is judged again all the same, before its session ends', async () => {
    const world = await joined()
    const { held } = await sent(world)
    world.edition = await change(world.tasks)
    world.tell({ kind: 'lost' })
    world.wake('resume')
    world.tell({ kind: 'left' })
    expect(world.hasStopped).toBe(false)
    await world.run()
    expect((await world.tasks.task(held.task)).status).toBe('COMPLETED')
    expect(world.hasStopped).toBe(true)
  })

  test('[PO20] that fails is judged again as well', async () => {
    const world = await joined()
    const held = await world.assign({ maxAttempts: 1 })
    const id = world.say({ type: 'fail', ...held, error: { code: 'ODD', message: 'my password' } })
    world.edition = await change(world.tasks)
    world.verdict = hold
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ status: 'FAILED' })
    expect((await world.tasks.task(held.task)).error).toMatchObject({ code: 'HELD' })
  })

  test('[PO15 G3] whose bytes change between verdict and commit is not released', async () => {
    const world = await joined()
    const held = await world.assign()
    const output = Raw.of('fine')
    const id = world.say(result(held, { output }))
    output.bytes[output.bytes.length - 1] = 'x'.charCodeAt(0)
    await expect(world.run()).rejects.toThrow('other bytes')
    expect(world.answerTo(id)).toBeUndefined()
    expect(await world.tasks.task(held.task)).toMatchObject({ status: 'RUNNING' })
  })
})

describe('an agent that says hello', () => {
  test('[PO22 G4] while the node knows no policy is told to come again, and nothing of it is shown', async () => {
    const world = await joined({})
    expect(world.session.state.kind).toBe('live')
    const other = await unknownTo()
    expect(other.sent.at(-1)).toMatchObject({ type: 'error', code: 'OVERLOADED', retryAfterMs: expect.any(Number) })
    expect(other.session.state.kind).toBe('greeting')
  })

  const unknownTo = async (): Promise<AgentWorld> => {
    const world = Object.assign(new AgentWorld(), { edition: undefined, verdict: hold })
    await world.join()
    return world
  }
})

describe('what a node knows', () => {
  class Watch {
    readonly world = new World({ shards: 2 })
    generation = 'g1'
    reads = 0
    readonly stepper = new Stepper(
      policyWatch,
      {
        shards: 2,
        generation: () => this.generation,
        read: (document) => {
          this.reads++
          return document === 'broken' ? null : { version: document ?? 'default' }
        },
      },
      { self: 'policyWatch', now: noon },
    )
    readonly answered: string[] = []
    #runs: { readonly tag: number; readonly procedure: Procedure<unknown> }[] = []

    tell(message: Parameters<typeof this.stepper.tell>[0]): void {
      this.stepper.now = this.world.now
      for (const effect of this.stepper.tell(message)) {
        if (effect.kind === 'run') this.#runs.push(effect)
        if (effect.kind === 'reply') this.answered.push(effect.message.kind)
      }
    }

    async run(): Promise<void> {
      for (let next = this.#runs.shift(); next !== undefined; next = this.#runs.shift()) {
        this.tell({ kind: 'ran', tag: next.tag, result: await this.world.perform(next.procedure) })
      }
    }

    get underWay(): number {
      return this.#runs.length
    }

    /** What is read is lost. */
    fail(): void {
      for (const { tag } of this.#runs.splice(0))
        this.tell({ kind: 'ranNot', tag, why: 'unavailable', retryAfterMs: 1 })
    }

    learn(after: number): void {
      const from = { address: 'asker', question: 1 } as never
      this.tell({ kind: 'learn', tenant, after, from })
    }

    get version(): string | undefined {
      return knownPolicy(this.stepper.state, tenant)?.policy?.version
    }
  }

  const serving = async (): Promise<Watch> => {
    const watch = new Watch()
    watch.tell({ kind: 'serve', tenant })
    await watch.run()
    return watch
  }

  test('[PO23] of a tenant without a policy of its own is the default', async () => {
    const watch = await serving()
    expect(knownPolicy(watch.stepper.state, tenant)).toMatchObject({
      stored: noStoredPolicy,
      policy: { version: 'default' },
    })
  })

  test('[PO23] follows a hint at once, and without one the poll; what did not change is not read again', async () => {
    const watch = await serving()
    await change(watch.world, 'one')
    watch.tell({ kind: 'changed', tenant })
    await watch.run()
    expect(watch.version).toBe('one')
    await change(watch.world, 'two')
    watch.tell({ kind: 'woke', key: 'poll' })
    await watch.run()
    expect(watch.version).toBe('two')
    const { reads } = watch
    watch.world.now += 500
    watch.tell({ kind: 'woke', key: 'poll' })
    await watch.run()
    expect(watch.reads).toBe(reads)
    expect(knownPolicy(watch.stepper.state, tenant)?.at).toBe(noon + 500)
  })

  test('[PO23] a question waits for a read that was begun after it', async () => {
    const watch = await serving()
    watch.tell({ kind: 'woke', key: 'poll' })
    await change(watch.world, 'one')
    watch.learn(0)
    expect(watch.answered).toEqual([])
    await watch.run()
    expect(watch.answered).toEqual(['learned'])
    expect(watch.version).toBe('one')
  })

  test('[PO23] a question is answered also where there is nothing later, or the ledger doesn’t say', async () => {
    const watch = await serving()
    watch.learn(0)
    await watch.run()
    watch.learn(0)
    watch.fail()
    expect(watch.answered).toEqual(['learned', 'learned'])
    expect(watch.version).toBe('default')
  })

  test('[PO22] a policy that can’t be read is none, until one comes that can', async () => {
    const watch = await serving()
    await change(watch.world, 'broken')
    watch.tell({ kind: 'changed', tenant })
    await watch.run()
    expect(knownPolicy(watch.stepper.state, tenant)).toMatchObject({ policy: null, stored: { document: 'broken' } })
    await change(watch.world, 'mended')
    watch.tell({ kind: 'changed', tenant })
    await watch.run()
    expect(watch.version).toBe('mended')
  })

  test('[PO23] never goes back, but where the ledger has lost data', async () => {
    const watch = await serving()
    await change(watch.world, 'one')
    watch.tell({ kind: 'changed', tenant })
    await watch.run()
    const older = new World({ shards: 2 })
    const result = async () => {
      watch.tell({ kind: 'woke', key: 'poll' })
      await watchRun(watch, older)
    }
    await result()
    expect(watch.version).toBe('one')
    watch.generation = 'g2'
    await result()
    expect(watch.version).toBe('default')
  })

  const watchRun = async (watch: Watch, world: World) => {
    Object.assign(watch, { world })
    await watch.run()
  }
})

describe('the gate’s desk', () => {
  type Known = Parameters<typeof createJudging>[0]['known']
  const knowing = (edition: number, at = noon): ReturnType<Known> => ({
    stored: { edition, document: null },
    policy: { version: 'p' },
    at,
    generation: 'g',
  })
  const result = { tenant, queue: 'mail', kind: 'result', raw: Raw.of('fine'), of: { task: 'a', turn: 1 } } as const
  const name = { tenant, queue: '', kind: 'text', raw: Raw.of('crawler') } as const

  const desk = ({
    known,
    learned,
    now = noon,
  }: {
    known?: ReturnType<Known>
    learned?: ReturnType<Known>
    now?: number
  }) => {
    let knows = known
    const asked: number[] = []
    const judging = createJudging({
      judge: ({ value }) => (value === 'password' ? hold : pass),
      hashOf: () => 'h',
      known: () => knows,
      learn: async (_, after) => {
        asked.push(after)
        if (learned === undefined) throw new Error('nobody answers')
        knows = learned
      },
      now: () => now,
    })
    const judge = (given: Parameters<typeof judging>[0]) => new Promise<Judgement>((resolve) => judging(given, resolve))
    return { judge, asked }
  }

  test('[PO22] judges by what is known, and asks first where nothing is, or only what is no longer in force', async () => {
    const { judge, asked } = desk({ known: knowing(3), learned: knowing(4) })
    expect(await judge({ spoken: result })).toMatchObject({ verdict: pass, edition: 3, hash: '' })
    expect(asked).toEqual([])
    expect(await judge({ spoken: result, after: 3 })).toMatchObject({ edition: 4, passed: { edition: 4 } })
    const ignorant = desk({ learned: knowing(0) })
    expect(await ignorant.judge({ spoken: result })).toMatchObject({ verdict: pass, edition: 0 })
  })

  test('[PO22 G4] holds where nothing is to be known, whatever the gate says', async () => {
    const judgement = await desk({}).judge({ spoken: result })
    expect(judgement).toMatchObject({
      verdict: { kind: 'hold', reason: 'GATE_ERROR' },
      passed: null,
      edition: undefined,
    })
  })

  test('[PO22] asks again for what no commit guards, where it was read too long ago', async () => {
    const late = { known: knowing(3), now: noon + freshMs }
    expect(await desk(late).judge({ spoken: result })).toMatchObject({ edition: 3 })
    expect(await desk(late).judge({ spoken: name })).toMatchObject({ verdict: { kind: 'hold' }, edition: undefined })
    const fresh = desk({ ...late, learned: knowing(3, noon + freshMs) })
    expect(await fresh.judge({ spoken: name })).toMatchObject({ verdict: pass, edition: 3 })
  })

  test('[PO15 G3] seals what it judged: the bytes, as they came', async () => {
    const { passed } = await desk({ known: knowing(0) }).judge({ spoken: result })
    if (passed === null) throw new Error('it was held')
    expect(() => demandPassed(passed, Raw.of('fine').bytes, result)).not.toThrow()
    expect(() => demandPassed(passed, Raw.of('fin').bytes, result)).toThrow(NotPassed)
  })
})

test('[PO15 G3] no other room than the gate’s desk seals', () => {
  const source = join(import.meta.dirname, '../../src')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const sealing = files.filter((name) => readFileSync(join(source, name), 'utf8').includes('sealPassed'))
  expect(sealing.sort()).toEqual(['main/judging.ts', 'tasks/passed.ts'])
})
