/** Cards for others to decide on: held before, by an agent in a process of its own that waits for the outcomes, too. */
import type { BenchProcess } from '../process/benchNode.js'
import type { HoldFound } from './holdLoad.js'
import { startLoad } from './runLoad.js'

export type HeldCards = {
  /** Ids, in the order of the queue. */
  readonly reviews: readonly string[]
  /** What became of them; nobody looks any longer. */
  end(): Promise<HoldFound>
}

export async function holdCards(node: BenchProcess, cards: number): Promise<HeldCards> {
  const agentToken = await node.token('agent', 'agent')
  const producerToken = await node.token('app', 'producer')
  const load = startLoad('hold', { url: node.url, agentToken, producerToken, cards })
  await load.ready
  const reviews = await waitingReviews(node.url, await node.token('ann', 'operator'))
  if (reviews.length !== cards) throw new Error(`${reviews.length} cards of ${cards}`)
  const end = async (): Promise<HoldFound> => {
    load.stop()
    const { loadCpuUs: _, ...found } = await load.found
    return found
  }
  return { reviews, end }
}

/** Rejects unless all were approved, and each task had its outcome once. */
export async function checkDelivered({ reviews, end }: HeldCards): Promise<HoldFound> {
  const found = await end()
  const { outcomes, doubled, wrong } = found
  if (outcomes !== reviews.length || doubled > 0 || wrong > 0)
    throw new Error(`of ${reviews.length}: ${JSON.stringify(found)}`)
  return found
}

async function waitingReviews(url: string, token: string): Promise<readonly string[]> {
  const reviews: string[] = []
  let cursor: string | undefined
  do {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await fetch(`${url}/v1/tenants/t_bench/reviews?status=PENDING&limit=1000${query}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const page = (await response.json()) as { cards: { reviewId: string }[]; cursor?: string }
    reviews.push(...page.cards.map(({ reviewId }) => reviewId))
    cursor = page.cursor
  } while (cursor !== undefined)
  return reviews
}
