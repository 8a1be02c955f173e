/**
 * A client for the time of a command. Clients try again for ever; whoever waits at a prompt wants to know at once that
 * nobody answers, so the first failure to connect is the command's.
 */
import { ChimeraError, type LinkState, Operator, Producer, type StateListener } from '../client/index.js'
import type { Access } from './access.js'

type Client = { onState(listener: StateListener): () => void }

export async function withOperator<T>(access: Access, work: (operator: Operator) => Promise<T>): Promise<T> {
  const operator = new Operator(access)
  try {
    return await orUnreachable(operator, work(operator))
  } finally {
    operator.close()
  }
}

/** With a `subscriber` it gets its outcomes. */
export async function withProducer<T>(
  access: Access,
  work: (producer: Producer) => Promise<T>,
  subscriber?: string,
): Promise<T> {
  const producer = new Producer({ ...access, ...(subscriber === undefined ? {} : { subscriber }) })
  try {
    return await orUnreachable(producer, work(producer))
  } finally {
    // Where nobody answers there is nothing to wait for.
    const gone = new AbortController()
    unreachable(producer).catch(() => gone.abort())
    await producer.close({ signal: gone.signal })
  }
}

/** Settles as `work` does, unless no connection comes about before the first one is open, or it ends for good. */
export function orUnreachable<T>(client: Client, work: Promise<T>): Promise<T> {
  return Promise.race([work, unreachable(client)])
}

function unreachable(client: Client): Promise<never> {
  return new Promise((_, reject) => {
    let wasOpen = false
    client.onState((state: LinkState) => {
      if (state.kind === 'open') wasOpen = true
      if (state.kind === 'closed') reject(state.because ?? new ChimeraError('CLOSED', 'it was closed'))
      if (state.kind === 'waiting' && !wasOpen) reject(state.because)
    })
  })
}
