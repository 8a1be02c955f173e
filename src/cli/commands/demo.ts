/** `chimera demo`: the whole job on real mail, with one line. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { command } from '../command.js'
import { boardLine, boardLines, type DemoSummary, summaryLines } from '../demo/demoBoard.js'
import { drawBlock } from '../drawing.js'
import { CommandFailure } from '../failure.js'
import { flag, integer, json, oneOf, text, withDefault } from '../option.js'
import { listenForStop } from '../stopping.js'
import { note, print, printJson } from '../terminal.js'

const port = integer('n', "The node's. Default: a free one.", 0, 65_535)

export const demo = command({
  name: 'demo',
  about:
    'Work through real mail: a node, agents that classify and file, a gate that holds what is doubtful or sensitive. Runs until stopped. Kill the node while it runs, and see it go on.',
  examples: [
    'chimera demo',
    'chimera demo --once 1000 --reviewer auto',
    'chimera demo --data ./demo --rate 20',
    'chimera demo --redis redis://127.0.0.1:6379',
  ],
  options: {
    once: integer('n', 'Work through so many mails, print a summary, and end.', 1, 1_000_000),
    agents: withDefault(integer('n', 'Default: 8.', 1, 1_000), 8),
    data: text('folder', "The node's. Default: one that is removed at the end. The same folder again goes on with it."),
    redis: text('address', 'A Redis to keep it all in, instead of the folder. What was begun there goes on.'),
    cluster: withDefault(text('name', 'What its keys in Redis begin with. Default: demo.'), 'demo'),
    seed: withDefault(text('text', 'Another one is another order of mails. Default: demo.'), 'demo'),
    port: withDefault(port, 0),
    rate: integer('n', 'Mails a second. Default: 100; with --once as fast as they are worked through.', 1, 100_000),
    reviewer: withDefault(
      oneOf('Whether held mail waits for you, or is decided by a simple rule. Default: person.', ['person', 'auto']),
      'person',
    ),
    plain: flag('A line each second instead of a drawn block; what is no terminal gets that anyway.'),
    json,
  },
  run: async ({ once, agents, data, redis, cluster, seed, port, rate, reviewer, plain, json }) => {
    const stopping = listenForStop()
    const folder = data ?? (await mkdtemp(join(tmpdir(), 'chimera-demo-')))
    const isReviewed = reviewer === 'auto'
    const block = process.stdout.isTTY === true && !plain && !json ? drawBlock() : undefined
    try {
      const { runDemo } = await withMails(() => import('../demo/runDemo.js'))
      const summary = await runDemo({
        data: folder,
        redis: redis === undefined ? undefined : { url: redis, cluster },
        seed,
        agents,
        port,
        once,
        mailsPerSecond: rate ?? (once === undefined ? defaultRate : undefined),
        isReviewed,
        stopping,
        onReady: (url) => introduce({ url, folder, cluster: redis === undefined ? undefined : cluster, isReviewed }),
        onCounts: (now) => {
          if (json) printJson({ kind: 'counts', ...now })
          else if (block === undefined) print(boardLine(now))
          else block.draw(boardLines(now))
        },
      })
      if (json) printJson({ kind: 'summary', ...summary })
      else print(['', ...summaryLines(summary)].join('\n'))
      if (!json && summary.tally.held > 0) tellOfHeld(data, redis === undefined ? undefined : cluster)
      assertWhole(summary, once)
    } finally {
      if (data === undefined) await rm(folder, { recursive: true, force: true })
    }
  },
})

const defaultRate = 100

type Introduced = {
  readonly url: string
  readonly folder: string
  /** On Redis. */
  readonly cluster: string | undefined
  readonly isReviewed: boolean
}

function introduce({ url, folder, cluster, isReviewed }: Introduced): void {
  const [, script = 'chimera'] = process.argv
  const place = cluster === undefined ? `its data in ${folder}` : `its data in Redis, under ${cluster}`
  note(`A node listens on ${url}, with ${place}; the agents learn from 1,600 mails first.`)
  if (isReviewed) return
  note(`Held mail waits for you. In another terminal:\n\n  node ${relative('', script)} review --data ${folder}\n`)
  const token = `node ${relative('', script)} token --role operator --sub you --data ${folder}`
  note(`Or in a browser: ${url}/console/, with the token that this prints:\n\n  ${token}\n`)
}

/** What is held waits with its node, which has ended. */
function tellOfHeld(data: string | undefined, cluster: string | undefined): void {
  if (cluster !== undefined) {
    note(`What is held waits in Redis, under ${cluster}: start the demo there again, and review it.`)
    return
  }
  const next =
    data === undefined
      ? 'What is held goes with the folder; with --data it is kept for you to review.'
      : `What is held waits for you: start "chimera serve --data ${data}", then "chimera review --data ${data}".`
  note(next)
}

/** Every mail has ended or is held, and the records say so. Stopped by hand, what is under way is no fault. */
function assertWhole({ tally, checked }: DemoSummary, once: number | undefined): void {
  const problems = [
    ...(once !== undefined && tally.submitted < once ? [`${once - tally.submitted} not submitted`] : []),
    ...(once !== undefined && tally.open > 0 ? [`${tally.open} neither ended nor held`] : []),
    ...(checked.lost > 0 ? [`${checked.lost} lost`] : []),
    ...(tally.endedTwice > 0 ? [`${tally.endedTwice} ended twice`] : []),
    ...(checked.toldWrongly > 0 ? [`${checked.toldWrongly} other than told`] : []),
  ]
  if (problems.length > 0) throw new CommandFailure(`the demo did not come out even: ${problems.join(', ')}`)
}

/** The mails and what learns from them come with the repository, not with the package. */
export async function withMails<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw new CommandFailure('the demo needs its mails: run it in a clone of the repository, after "npm ci"')
  }
}
