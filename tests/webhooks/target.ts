/** A real server that webhooks are sent to, by HTTP or by TLS, which keeps what came and answers as it is told. */
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type Delivered = {
  readonly id: string
  readonly type: string
  readonly body: { readonly [field: string]: unknown; readonly data: Readonly<Record<string, unknown>> }
  readonly text: string
  readonly headers: IncomingMessage['headers']
  readonly path: string
}

export type Answer = (response: ServerResponse, delivered: Delivered) => void

export const ok: Answer = (response) => response.end()
export const failing: Answer = (response) => response.writeHead(500).end('no')
export const hanging: Answer = () => {}

export class Target {
  readonly url: string
  readonly delivered: Delivered[] = []
  answer: Answer = ok
  readonly #waiting = new Set<() => void>()

  constructor(url: string) {
    this.url = url
  }

  keep(delivered: Delivered): void {
    this.delivered.push(delivered)
    for (const look of [...this.#waiting]) look()
  }

  /** Settles once it holds of what came. */
  until(holds: (delivered: readonly Delivered[]) => boolean): Promise<readonly Delivered[]> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds(this.delivered)) return
        this.#waiting.delete(look)
        resolve(this.delivered)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

export type Certificate = { readonly key: string; readonly cert: string }

/** Without a certificate it speaks plain HTTP. */
export const openTarget = async (certificate?: Certificate): Promise<Target> => {
  let target: Target | undefined
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    let text = ''
    for await (const part of request) text += String(part)
    const body = JSON.parse(text)
    const delivered = { id: body.id, type: body.type, body, text, headers: request.headers, path: request.url ?? '' }
    target?.keep(delivered)
    target?.answer(response, delivered)
  }
  const server = certificate === undefined ? createServer(take) : createTlsServer(certificate, take)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const scheme = certificate === undefined ? 'http' : 'https'
  target = new Target(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/hook`)
  return target
}

/** As somebody verifies it who has only read docs/webhooks.md. */
export const isSigned = ({ headers, text }: Delivered, secret: string): boolean => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  return String(headers['webhook-signature']).split(' ').includes(expected)
}
