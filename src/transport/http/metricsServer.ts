/** Prometheus text on a port of its own, which asks for no token: it belongs into the operators' network alone. */
import { createServer, type Server } from 'node:http'

export type ReadMetrics = () => Promise<{ readonly contentType: string; readonly text: string }>

export function createMetricsServer(readMetrics: ReadMetrics): Server {
  return createServer((request, response) => {
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    if (request.method !== 'GET') {
      response.writeHead(405, { Allow: 'GET' }).end()
      return
    }
    readMetrics().then(
      ({ contentType, text }) => response.writeHead(200, { 'Content-Type': contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
}
