/**
 * The floor: a bare `ws` server that decodes each MessagePack message and sends it back; over HTTP a body comes back as
 * it is, and a page has one row.
 */
import { createServer } from 'node:http'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pack, unpack } from 'msgpackr'
import { WebSocketServer } from 'ws'
import type { NodeAnswer, NodeQuestion } from './benchNode.js'

const page = '<!doctype html><title>floor</title><body><div class="row" id="floor">A plain row</div>'

const http = createServer((request, response) => {
  if (request.method === 'GET') response.writeHead(200, { 'content-type': 'text/html' }).end(page)
  else request.pipe(response)
})
const server = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false })
const lag = monitorEventLoopDelay({ resolution: 1 })
lag.enable()

server.on('connection', (socket) => {
  socket.on('message', (bytes: Buffer) => socket.send(pack(unpack(bytes))))
})

const answer = (message: NodeAnswer): void => {
  process.send?.(message)
}

http.listen(0, '127.0.0.1', () => {
  const address = http.address()
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
// Whoever asked is gone.
process.once('disconnect', () => process.exit(1))
