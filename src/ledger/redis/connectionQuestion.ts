/** One question to one server, on a connection that is made for it. */
import type { Clock } from '../../clock.js'
import type { Access, Server } from './address.js'
import { openClient, type RedisClient } from './connectionClient.js'

export type QuestionLimits = { readonly clock: Clock; readonly connectMs: number }

/** Connecting and answering may take `connectMs` each. */
export async function askServer<Answer>(
  server: Server,
  access: Access,
  { clock, connectMs }: QuestionLimits,
  ask: (client: RedisClient) => Promise<Answer>,
): Promise<Answer> {
  const client = await openClient(server, access, connectMs)
  const timer = clock.at(clock.now() + connectMs, () => client.end(`no answer within ${connectMs} ms`))
  try {
    return await ask(client)
  } finally {
    timer.cancel()
    client.end('answered')
  }
}
