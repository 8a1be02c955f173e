/** A fleet that is connected and has nothing to do. */

import { signal } from './signal.js'
import { openAll, openSocket } from './socket.js'

export type IdleOrder = {
  readonly url: string
  readonly agentToken: string
  readonly agents: number
  readonly isBare: boolean
  readonly holdMs: number
}

export const idleLoad = async ({
  url,
  agentToken,
  agents,
  isBare,
  holdMs,
}: IdleOrder): Promise<{ readonly connected: number }> => {
  const sockets = await openAll(agents, async (index) => {
    const ready = signal()
    const socket = await openSocket(url, isBare ? '/' : '/v1/agent', agentToken, (frame, agent) => {
      if (frame.type === 'welcome') agent.send({ type: 'pull', id: 1, credits: 1 })
      else ready.resolve()
    })
    socket.send({ type: 'hello', id: 0, queues: ['bench'], capacity: 1, instance: `a${index}` })
    await ready.promise
    return socket
  })
  await new Promise((resolve) => setTimeout(resolve, holdMs))
  for (const socket of sockets) socket.close()
  return { connected: sockets.length }
}
