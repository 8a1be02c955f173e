/** A client's socket for load: as little as can be between the benchmark and the wire. */
import { pack, Unpackr } from 'msgpackr'
import WebSocket from 'ws'

export type Frame = { readonly type: string; readonly [field: string]: unknown }

// Times and counts as numbers: what a load does with them is subtract.
const unpackr = new Unpackr({ useRecords: false, int64AsType: 'number' })

export interface LoadSocket {
  send(frames: Frame | readonly Frame[]): void
  close(): void
}

/** Resolves once it is open. `onFrame` gets what comes, in order. */
export const openSocket = (
  url: string,
  path: string,
  token: string,
  onFrame: (frame: Frame, socket: LoadSocket) => void,
  onClose: () => void = () => {},
): Promise<LoadSocket> =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'chimera.v1', {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    })
    const socket: LoadSocket = { send: (frames) => ws.send(pack(frames)), close: () => ws.terminate() }
    ws.on('message', (bytes: Buffer) => {
      const message: unknown = unpackr.unpack(bytes)
      if (!Array.isArray(message)) return onFrame(message as Frame, socket)
      for (const frame of message as Frame[]) onFrame(frame, socket)
    })
    ws.once('open', () => resolve(socket))
    ws.once('error', reject)
    ws.once('close', onClose)
    // A node in a storm says when to come again.
    ws.once('unexpected-response', (request, response) => {
      ws.off('error', reject).off('close', onClose)
      ws.on('error', () => {})
      request.destroy()
      const retryAfterMs = Number(response.headers['retry-after']) * 1_000
      const again = () => openSocket(url, path, token, onFrame, onClose).then(resolve, reject)
      if (response.statusCode === 503 && retryAfterMs > 0) setTimeout(again, retryAfterMs)
      else reject(new Error(`refused with ${response.statusCode}`))
    })
  })

/** Opens `count` sockets, some at a time: a client's own queue of connects must not be what is measured. */
export const openAll = async <T>(count: number, open: (index: number) => Promise<T>, atOnce = 200): Promise<T[]> => {
  const opened: T[] = []
  for (let first = 0; first < count; first += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - first) }, (_, i) => open(first + i))
    opened.push(...(await Promise.all(some)))
  }
  return opened
}
