/** Calls over HTTP, by autocannon, each checked for its answer. */
import autocannon from 'autocannon'

export type Shot = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token: string
  readonly body?: string
}

export type Hits = {
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export type ShootOrder = {
  readonly url: string
  readonly connections: number
  readonly amount: number
  /** The next one. */
  readonly shot: () => Shot
}

/** Rejects where one wasn't answered with 2xx. By our own clock: autocannon's own looks at it once a second. */
export async function shoot({ url, connections, amount, shot }: ShootOrder): Promise<Hits> {
  const startedAt = performance.now()
  let answeredAt = startedAt
  const result = await autocannon({
    url,
    connections,
    amount,
    requests: [
      {
        setupRequest: (request) => {
          const { token, ...one } = shot()
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
          return { ...request, ...one, headers }
        },
        onResponse: () => {
          answeredAt = performance.now()
        },
      },
    ],
  })
  if (result['2xx'] !== amount)
    throw new Error(`${result['2xx']} of ${amount} answered with 2xx, ${result.non2xx} otherwise`)
  const { p50, p99 } = result.latency
  return {
    requests: amount,
    perSecond: Math.round((amount * 1_000) / (answeredAt - startedAt)),
    p50Ms: p50,
    p99Ms: p99,
  }
}
