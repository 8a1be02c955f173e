/**
 * Answers probes while a node can't listen yet, since it waits for its ledger: it is alive, it isn't ready, and why.
 * Nobody restarts a node for that, nobody is sent to it, and whoever looks sees the reason.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { problemDocument, problemHeaders, problemOf } from '../transport/problem.js'

export interface WaitingRoom {
  /** The reason from now on. Opens with the first one. */
  wait(why: string): void
  /** The address is free again. */
  close(): Promise<void>
}

export function waitingRoom({ host, port }: { readonly host: string; readonly port: number }): WaitingRoom {
  let why = ''
  let server: Server | undefined
  let tried: Promise<unknown> = Promise.resolve()
  return {
    wait: (reason) => {
      why = reason
      // Nobody knows a port that is chosen later.
      if (server !== undefined || port === 0) return
      server = open(host, port, () => why)
      // Where the address can't be had, the node itself says so once it listens.
      tried = once(server, 'listening').catch(() => {})
    },
    close: async () => {
      await tried
      if (server?.listening !== true) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function open(host: string, port: number, why: () => string): Server {
  const server = createServer((request, response) => {
    response.setHeader('Connection', 'close')
    if (request.url === '/healthz') {
      response.setHeader('Content-Type', 'application/json')
      response.end('{"status":"alive"}')
      return
    }
    const problem = { ...problemOf('OVERLOADED', why()), retryAfterMs: 1_000 }
    response.writeHead(problem.status, problemHeaders(problem))
    response.end(JSON.stringify(problemDocument(problem)))
  })
  server.on('error', () => {})
  return server.listen(port, host)
}
