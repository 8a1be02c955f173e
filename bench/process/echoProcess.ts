/** The floor: a bare `ws` server that decodes each MessagePack message and sends it back. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pack, unpack } from 'msgpackr'
import { WebSocketServer } from 'ws'
import type { NodeAnswer, NodeQuestion } from './benchNode.js'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, clientTracking: false })
const lag = monitorEventLoopDelay({ resolution: 1 })
lag.enable()

server.on('connection', (socket) => {
  socket.on('message', (bytes: Buffer) => socket.send(pack(unpack(bytes))))
})

const answer = (message: NodeAnswer): void => {
  process.send?.(message)
}

server.on('listening', () => {
  const address = server.address()
  answer({ kind: 'ready', url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` })
})

process.on('message', (question: NodeQuestion) => {
  if (question.kind === 'token') answer({ kind: 'token', token: 'none' })
  else if (question.kind === 'usage') {
    const { user, system } = process.cpuUsage()
    if (question.collect) globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    answer({
      kind: 'usage',
      cpuUs: user + system,
      rss,
      heapUsed,
      lagP99Ms: lag.percentile(99) / 1e6,
      lagMaxMs: lag.max / 1e6,
    })
    lag.reset()
  } else process.exit(0)
})
