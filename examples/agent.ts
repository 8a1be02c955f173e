/** An agent: greets whoever it is given, until it is stopped. In a project of yours, import from `chimera/client`. */
import { Agent } from '../src/client/index.js'

const { CHIMERA_URL: url = 'ws://127.0.0.1:7700', CHIMERA_TOKEN: token = '' } = process.env

export const agent = new Agent({
  url,
  token,
  queues: ['greetings'],
  handle: async ({ payload }) => ({ output: `Hello, ${payload}!`, confidence: 0.95 }),
})
process.once('SIGTERM', () => agent.close())
